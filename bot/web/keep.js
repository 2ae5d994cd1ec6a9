// The buttons below answers and in the list of conversations are markup; this tells the page which one was pressed, in
// fields that nobody sees. And it takes the keyboard to what opens, and back to the button when that closes.
(() => {
  const { words, say } = window.byline; // language.js
  const LISTENERS = { drop: "#dropped", open: "#opened", name: "#chosen", save: "#chosen", delete: "#chosen" };
  const FOCUSABLE = "input, textarea, a[href], button";
  let pressed = ""; // the id of the button that was pressed last

  const visible = (each) => each.getClientRects().length > 0;
  const opened = () => [...document.querySelectorAll(".acting")].find(visible);

  function tell(button) {
    const verb = button.id.split("-")[0];
    const field = document.querySelector(`${LISTENERS[verb] ?? "#act"} :is(textarea, input)`);
    if (!field) return;
    pressed = button.id;
    say(field, `${button.id} ${Date.now()}`); // so that the same button pressed again is another word
    if (verb === "open") return leave();
    if (verb !== "good" && verb !== "drop") follow();
  }

  // What opens is drawn by the server's answer, some moments later.
  function follow(looks = 40) {
    const first = opened()?.querySelector(FOCUSABLE);
    if (first) {
      first.focus();
      first.closest(".acting").scrollIntoView({ block: "nearest" });
    } else if (looks) setTimeout(follow, 50, looks - 1);
  }

  // On a phone the sidebar covers the chat.
  function leave() {
    if (matchMedia("(max-width: 768px)").matches) document.querySelector("#sidebar .toggle-button")?.click();
  }

  function back(looks = 40) {
    if (opened() && looks) setTimeout(back, 50, looks - 1);
    else document.getElementById(pressed)?.focus();
  }

  // Gradio's own name for the sidebar's button tells nobody what is there.
  function name(toggle, sidebar) {
    toggle.title = toggle.ariaLabel = words.conversations;
    const tellState = () => { toggle.ariaExpanded = sidebar.classList.contains("open"); };
    tellState();
    new MutationObserver(tellState).observe(sidebar, { attributeFilter: ["class"] });
  }

  const drawing = new MutationObserver(() => {
    const sidebar = document.getElementById("sidebar");
    const toggle = sidebar?.querySelector(".toggle-button");
    if (!toggle) return;
    drawing.disconnect();
    name(toggle, sidebar);
  });
  drawing.observe(document, { childList: true, subtree: true });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest("button.act");
    if (button) tell(button);
    else if (event.target.closest("#delete")) {
      pressed = "menu-button"; // the menu is closed by then
      follow();
    }
    else if (event.target.closest(".acting button:not([aria-label])")) back();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(event.target instanceof Element)) return;
    const close = event.target.closest(".acting")?.querySelector("button.close");
    if (!close) return;
    event.preventDefault();
    event.stopPropagation();
    close.click();
  }, true);
})();
