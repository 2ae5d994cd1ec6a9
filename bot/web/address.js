// Each conversation has an address of its own, so that back and forward lead from one to the other, and an article that
// is open is closed by back. The server says by #name which conversation is on show; who goes to another pushes first.
(() => {
  const NAME = "chat";
  const asked = () => new URLSearchParams(location.search).get(NAME) ?? "";
  const shown = () => document.querySelector("#name .named")?.textContent; // nothing before the server has said it
  const pane = () => document.getElementById("pane");
  let left = null; // the name of the conversation that is left, until the server shows another
  let held = null; // what was asked for before the server has said which conversation is on show

  // Other words in the address say what is to be asked about, until something was asked.
  function follow() {
    const name = shown();
    if (name === undefined || name === left) return;
    left = null;
    if (name === asked()) return;
    const query = name ? `?${new URLSearchParams({ [NAME]: name })}` : "";
    history.replaceState(history.state, "", location.pathname + query);
  }

  const push = () => history.pushState(null, "", location.pathname);

  function go() {
    const field = document.querySelector("#gone :is(textarea, input)");
    if (asked() === shown() || !field) return;
    left = shown();
    window.byline.say(field, `${asked()} ${Date.now()}`); // language.js
  }

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const [other, again] = ["#conversations button.open", "#again"].map((each) => event.target.closest(each));
    if (again && shown() === undefined) {
      held = () => { follow(); document.getElementById("again").click(); };
      event.stopImmediatePropagation();
    } else if (other ? !other.closest(".current") : again && shown()) push();
  }, true);

  addEventListener("popstate", (event) => {
    if (pane()?.open) pane().close("left");
    if (shown() === undefined) held = go;
    else if (asked() !== shown()) go();
    else if (event.state?.read) {
      document.querySelector(`a[href="${CSS.escape(event.state.read)}"]`)?.click();
    }
  });

  // Until the page is ready, Gradio does nothing on a press, or shows the recalled conversation after it.
  function changed() {
    if (shown() === undefined) return;
    const act = held ?? follow;
    held = null;
    act();
  }

  new MutationObserver(changed).observe(document, { childList: true, subtree: true, characterData: true });
})();
