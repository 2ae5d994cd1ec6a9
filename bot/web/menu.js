// The menu of the page. The browser opens it and closes it by Escape or a click beside it (popover); here arrows go
// through it, and whatever is chosen in it closes it.
(() => {
  const by = (name) => document.getElementById(name);
  const items = () => [...by("menu").querySelectorAll("a[href], button, summary")].filter((each) => each.checkVisibility());

  function prepare() {
    const [menu, button] = [by("menu"), by("menu-button")];
    if (!menu || !button || button.popoverTargetElement === menu) return;
    menu.popover = "auto";
    button.popoverTargetElement = menu;
    button.title = button.textContent.trim();
    button.ariaExpanded = "false";
    menu.addEventListener("toggle", ({ newState }) => {
      button.ariaExpanded = String(newState === "open");
      if (newState === "open" && button.matches(":focus-visible")) items()[0]?.focus();
    });
    preparing.disconnect();
  }

  const preparing = new MutationObserver(prepare);
  preparing.observe(document, { childList: true, subtree: true });

  function go(event) {
    const all = items();
    const place = all.indexOf(document.activeElement);
    const to = {
      ArrowDown: (place + 1) % all.length,
      ArrowUp: (place <= 0 ? all.length : place) - 1,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    all[to].focus();
  }

  document.addEventListener("keydown", (event) => {
    const [menu, button] = [by("menu"), by("menu-button")];
    if (!menu || event.target.matches("input, textarea, select")) return; // where the same keys go through what is written
    if (menu.matches(":popover-open")) go(event);
    else if (event.key === "ArrowDown" && event.target === button) {
      event.preventDefault();
      menu.showPopover();
    }
  });

  document.addEventListener("click", (event) => {
    const chosen = event.target instanceof Element && event.target.closest("#menu > button, #menu a[href]");
    if (chosen) by("menu").hidePopover();
  });
})();
