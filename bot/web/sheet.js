// Every plain page: light or dark, as it was chosen here or on the chat page, a menu that closes again, and texts that
// go along into another language, for which the page is loaded anew.
(() => {
  const root = document.documentElement;
  const scheme = window.colourScheme((_, chosen) => { // scheme.js
    if (chosen) root.dataset.scheme = chosen;
    else delete root.dataset.scheme;
  });

  const close = (menu) => menu.removeAttribute("open");

  const WRITTEN = "byline-written";
  const texts = () => [...document.querySelectorAll("textarea[id]")];

  function takeAlong() {
    const written = Object.fromEntries(texts().map(({ id, value }) => [id, value]));
    try {
      sessionStorage.setItem(WRITTEN, JSON.stringify({ at: location.pathname, written }));
    } catch {} // where the browser keeps nothing, or not so much, it has to be written again
  }

  function bringBack() {
    try {
      const { at, written } = JSON.parse(sessionStorage.getItem(WRITTEN)) ?? {};
      sessionStorage.removeItem(WRITTEN);
      if (at !== location.pathname) return;
      for (const each of texts()) each.value ||= written[each.id] ?? "";
    } catch {}
  }

  scheme.paint(); // before anything is drawn
  document.addEventListener("submit", ({ target }) => {
    if (target.closest(".menu")) takeAlong();
  });
  addEventListener("DOMContentLoaded", () => {
    bringBack();
    const button = document.getElementById("scheme");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", scheme.turn);
  });
  document.addEventListener("click", (event) => {
    for (const each of document.querySelectorAll(".menu[open]")) if (!each.contains(event.target)) close(each);
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector(".menu[open]");
    if (!menu) return;
    close(menu);
    menu.querySelector("summary").focus();
  });
})();
