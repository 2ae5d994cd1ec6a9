// Light or dark: as the system has it, until somebody chooses the other. The chat page and the plain pages share it.
// `window.colourScheme(draw)` calls `draw(dark, chosen)` with each change; `chosen` is null where the system decides.
window.colourScheme = (draw) => {
  const KEY = "byline-scheme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const known = (value) => (["dark", "light"].includes(value) ? value : null);
  let chosen = null;
  try {
    chosen = known(localStorage.getItem(KEY));
  } catch {} // where the browser keeps nothing, a choice lasts as long as the page

  const isDark = () => (chosen ?? (system.matches ? "dark" : "light")) === "dark";
  const paint = () => draw(isDark(), chosen);

  function turn() {
    const dark = !isDark();
    chosen = dark === system.matches ? null : dark ? "dark" : "light";
    try {
      if (chosen) localStorage.setItem(KEY, chosen);
      else localStorage.removeItem(KEY);
    } catch {}
    paint();
  }

  system.addEventListener("change", paint);
  addEventListener("storage", (event) => { // chosen on another page
    if (event.key !== KEY) return;
    chosen = known(event.newValue);
    paint();
  });
  return { paint, turn };
};
