// What fields do by themselves: a day is chosen from a calendar, beside a text that may name a month or a year as well;
// and the browser remembers whether only quotes are wanted.
(() => {
  const { words, say } = window.byline; // language.js
  const QUOTES = "byline-quotes";

  function calendar(block) {
    const field = block.querySelector("textarea, input");
    if (!field || block.querySelector(".day")) return;
    const day = Object.assign(document.createElement("input"), { type: "date", className: "day", tabIndex: -1, ariaHidden: "true" });
    const button = Object.assign(document.createElement("button"), { type: "button", className: "icon calendar" });
    button.title = button.ariaLabel = block.id === "since" ? words.first_day : words.last_day;
    button.addEventListener("click", () => {
      day.value = field.value.trim(); // what is no day leaves it empty
      day.showPicker();
    });
    day.addEventListener("change", () => say(field, day.value));
    block.append(day, button);
  }

  function remembered() {
    try {
      return localStorage.getItem(QUOTES) === "1";
    } catch {
      return false; // where the browser keeps nothing
    }
  }

  function recall(box) {
    box.dataset.recalled = "1";
    if (remembered() && !box.checked) box.click();
  }

  function remember(box) {
    try {
      if (box.checked) localStorage.setItem(QUOTES, "1");
      else localStorage.removeItem(QUOTES);
    } catch {} // it holds for this page
  }

  new MutationObserver(() => {
    for (const block of document.querySelectorAll("#since, #until")) calendar(block);
    const box = document.querySelector("#quotes input:not([data-recalled])");
    if (box) recall(box);
  }).observe(document, { childList: true, subtree: true });

  document.addEventListener("change", (event) => {
    if (event.target instanceof Element && event.target.matches("#quotes input")) remember(event.target);
  });
})();
