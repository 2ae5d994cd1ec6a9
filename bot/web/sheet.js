// Every plain page: light or dark, as it was chosen here or on the chat page, and a menu that closes again.
(() => {
  const root = document.documentElement;
  const scheme = window.colourScheme((_, chosen) => { // scheme.js
    if (chosen) root.dataset.scheme = chosen;
    else delete root.dataset.scheme;
  });

  const close = (menu) => menu.removeAttribute("open");

  scheme.paint(); // before anything is drawn
  addEventListener("DOMContentLoaded", () => {
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
