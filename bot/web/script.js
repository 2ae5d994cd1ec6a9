// Marks lead to their quotes, Esc leads back, and references are copied. One listener for the whole page, in the capture
// phase: what is streamed may be drawn again at any time, and a link to an anchor would reload the page where its address
// has a query.
(() => {
  const COPIED = "Copied";
  let origin = null; // the mark that was followed last

  const markOf = (target) => target instanceof Element && target.closest('a[href^="#proof-"]');

  function show(mark) {
    const quote = document.getElementById(mark.getAttribute("href").slice(1));
    if (!quote) return;
    origin = mark;
    for (let each = quote.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    for (const each of document.querySelectorAll("mark.current")) each.classList.remove("current");
    quote.classList.add("current");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    quote.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    quote.focus({ preventScroll: true });
  }

  function back() {
    if (!origin) return;
    // The mark may have been drawn again since.
    const mark = origin.isConnected ? origin : document.querySelector(`a[href="${origin.getAttribute("href")}"]`);
    for (const each of document.querySelectorAll("mark.current")) each.classList.remove("current");
    origin = null;
    if (!mark) return;
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  }

  async function copy(button) {
    const text = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      getSelection().selectAllChildren(text); // where the browser lets no script copy, as over plain HTTP
      return;
    }
    const label = button.textContent;
    if (label === COPIED) return;
    button.textContent = COPIED;
    setTimeout(() => { button.textContent = label; }, 2000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(".reference button");
    if (button) copy(button);
    const way = event.target instanceof Element && event.target.closest("#links a");
    if (way) way.removeAttribute("target"); // Gradio opens them beside the page, where somebody would go on unsigned
    const mark = markOf(event.target);
    const leadsBack = event.target instanceof Element && event.target.closest("a.back");
    if (!mark && !leadsBack) return;
    event.preventDefault();
    event.stopPropagation();
    if (mark) show(mark);
    else back();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && origin) {
      event.preventDefault();
      back();
    }
  }, true);
})();
