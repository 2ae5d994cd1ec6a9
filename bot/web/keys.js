// Keys that do something when nobody is writing, and links by which a question is edited.
(() => {
  const { say } = window.byline; // language.js
  let edits = 0;
  const OFF = "byline-keys-off";
  const find = (selector) => [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  const writes = (target) => target instanceof Element && target.closest("input, textarea, select, [contenteditable]");

  function paint(off) {
    document.documentElement.classList.toggle("keys-off", off);
  }

  function isOff() {
    try {
      return localStorage.getItem(OFF) === "1";
    } catch {
      return document.documentElement.classList.contains("keys-off"); // where the browser keeps nothing
    }
  }

  function turn(off) {
    paint(off);
    try {
      if (off) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    } catch { /* it holds for this page */ }
  }

  const does = {
    "/": () => find("#question textarea")?.focus(),
    n: () => find("#again")?.click(),
    "?": () => {
      document.getElementById("menu")?.showPopover();
      const list = find("details.keys");
      if (!list) return;
      list.open = true;
      list.querySelector("summary").focus();
    },
  };

  function escape(event) {
    const leave = find("#leave") || find("#question .stop-button");
    if (!leave) return;
    leave.click();
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if (document.querySelector("#menu:popover-open, dialog[open]")) return; // they have keys of their own
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (!writes(event.target) || !event.target.value || find("#leave")) escape(event);
      return;
    }
    const action = does[event.key];
    if (!action || writes(event.target) || isOff()) return;
    event.preventDefault();
    action();
  });

  // Sent while another one is answered, a question waits for that.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !find("#question .stop-button")) return;
    if (!(event.target instanceof Element && event.target.closest("#question textarea"))) return;
    event.preventDefault();
    event.stopPropagation();
    queue(event.target);
  }, true);

  function queue(box) {
    const field = document.querySelector("#queued :is(textarea, input)");
    if (!box.value.trim() || !field) return;
    say(field, `${Date.now()} ${box.value}`);
    say(box, "");
  }

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target instanceof Element && event.target.closest(selector);
    if (on("details.keys .off")) turn(true);
    else if (on("details.keys .on")) turn(false);
    const link = on('a[href^="#edit-"]');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const number = document.querySelector("#edit textarea, #edit input");
    edits += 1; // so that the same question can be taken up twice
    say(number, `${link.getAttribute("href").slice("#edit-".length)} ${edits}`);
    find("#question textarea")?.focus();
  }, true);

  paint(isOff());
})();
