// The first script of the page: in which language it is. Gradio takes what `navigator` says, and the page has to follow
// what was chosen here. The control sends the choice to the server and loads the page anew: what was asked is kept there,
// and what is being written goes along. An answer that is on its way is put into words
// in the language that it was asked for in: it is waited for.
(() => {
  Object.defineProperty(navigator, "language", { get: () => window.byline.tag });

  // Every script writes by this into a field, so that Gradio hears of it as of what a person writes.
  window.byline.say = (field, text) => {
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const DRAFT = "byline-draft";
  const box = () => document.querySelector("#question textarea");

  function choose(language) {
    try {
      sessionStorage.setItem(DRAFT, box()?.value ?? "");
    } catch {} // where the browser keeps nothing, it has to be written again
    const form = Object.assign(document.createElement("form"), { method: "post", action: "language" });
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "to", value: language }));
    document.body.append(form);
    form.submit();
  }

  const answering = () => Boolean(document.querySelector("#question .stop-button"));
  let wanted = null; // the language that is waited with

  function wait(language) {
    wanted = language;
    const told = Object.assign(document.createElement("p"), { id: "switching", textContent: window.byline.words.switching });
    told.setAttribute("role", "status");
    if (!document.getElementById("switching")) document.getElementById("notice").after(told);
  }

  function takenAlong() {
    try {
      const text = sessionStorage.getItem(DRAFT);
      sessionStorage.removeItem(DRAFT);
      return text;
    } catch {
      return "";
    }
  }

  let draft = takenAlong();

  // The page comes with one control, for the first of the other languages; the others get theirs behind it.
  function offer() {
    const control = document.getElementById("language");
    const [first, ...more] = window.byline.others;
    if (!control || control.dataset.language) return;
    Object.assign(control, { lang: first.tag }).dataset.language = first.language;
    control.after(...more.map(({ language, tag, name }) => {
      const other = Object.assign(control.cloneNode(false), { id: "", lang: tag, textContent: name });
      other.dataset.language = language;
      return other;
    }));
  }

  function attend() {
    offer();
    if (wanted && !answering()) {
      const language = wanted;
      wanted = null;
      choose(language);
    }
    if (draft && box()) {
      const text = draft;
      draft = "";
      window.byline.say(box(), text);
    }
  }

  new MutationObserver(attend).observe(document, { childList: true, subtree: true });
  document.addEventListener("click", (event) => {
    const chosen = event.target instanceof Element && event.target.closest("button[data-language]");
    if (chosen) (answering() ? wait : choose)(chosen.dataset.language);
  });
})();
