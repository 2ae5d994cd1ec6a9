// What the page does by itself: marks lead to their quotes and Esc leads back, articles open in a pane, references are
// copied, light and dark are chosen. One listener for the whole page, in the capture phase: what is streamed may be drawn
// again at any time, and a link to an anchor would reload the page where its address has a query.
(() => {
  const { words, say } = window.byline; // language.js
  const at = (target, selector) => (target instanceof Element ? target.closest(selector) : null);

  // Marks and their quotes

  let origin = null; // the mark that was followed last

  function leave() {
    for (const each of document.querySelectorAll("mark.current")) each.classList.remove("current");
  }

  function come(quote) {
    leave();
    const around = quote.closest("blockquote, article"); // a quote may be in several elements, all of its name
    for (const each of around.getElementsByClassName(quote.id)) each.classList.add("current");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    quote.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    quote.focus({ preventScroll: true });
  }

  function show(mark) {
    const quote = document.getElementById(mark.getAttribute("href").slice(1));
    if (!quote) return;
    origin = mark;
    for (let each = quote.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    come(quote);
  }

  // It may have been drawn again since.
  const drawn = (link) => (link.isConnected ? link : document.querySelector(`a[href="${link.getAttribute("href")}"]`));

  function back() {
    if (!origin) return;
    const mark = drawn(origin);
    leave();
    origin = null;
    if (!mark) return;
    mark.scrollIntoView({ block: "center" });
    mark.focus({ preventScroll: true });
  }

  // The pane of an article. Gradio fetches the article, cleans its markup and keeps it out of sight: the pane has a copy.

  const pane = document.createElement("dialog");
  pane.id = "pane";
  pane.setAttribute("aria-label", words.whole_article);
  const close = Object.assign(document.createElement("button"), { className: "close", textContent: words.close });
  const bar = Object.assign(document.createElement("div"), { className: "bar" });
  bar.append(close);
  close.addEventListener("click", () => pane.close());
  pane.addEventListener("click", (event) => { if (event.target === pane) pane.close(); }); // beside it
  pane.addEventListener("close", () => {
    leaving = pane.returnValue !== "left" && Boolean(history.state?.read); // address.js says so of who went back
    if (leaving) history.back();
    const link = opener && drawn(opener);
    if (link) link.focus();
  });
  let opener = null; // the link that was followed last
  let number = 0; // of the request
  let watched = null;
  let leaving = false; // whether the browser is still on its way back from the article that was closed
  addEventListener("popstate", () => { leaving = false; });

  function read(link) {
    if (leaving) return addEventListener("popstate", () => read(drawn(link) ?? link), { once: true });
    const box = document.querySelector("#asked textarea, #asked input");
    const source = document.getElementById("reader");
    if (!box || !source) return;
    if (watched !== source) new MutationObserver(fill).observe(source, { childList: true, subtree: true });
    watched = source;
    opener = link;
    number += 1;
    const waiting = Object.assign(document.createElement("p"), { textContent: words.opening });
    pane.replaceChildren(bar, waiting);
    pane.returnValue = "";
    if (!history.state?.read) history.pushState({ read: link.getAttribute("href") }, "", location.href);
    pane.showModal();
    say(box, `${number}${link.getAttribute("href")}`);
  }

  function fill() {
    const article = document.querySelector(`#reader #reading-${number}`);
    if (!article || !pane.open || pane.querySelector("article")) return;
    pane.replaceChildren(bar, article.cloneNode(true));
    const quote = pane.querySelector("mark.current");
    if (quote) quote.scrollIntoView({ block: "center" });
    (quote || pane.querySelector("h2"))?.focus({ preventScroll: true });
  }

  function jump(link) {
    const quote = pane.querySelector(`[id="${link.getAttribute("href").slice(1)}"]`);
    if (quote) come(quote);
  }

  // References, and why something is not supported

  async function copy(button) {
    const text = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(text.textContent);
    } catch {
      text.classList.add("shown");
      getSelection().selectAllChildren(text); // where the browser lets no script copy, as over plain HTTP
      return;
    }
    const name = button.querySelector(".unseen") || button; // of a drawing
    const label = name.textContent;
    if (label === words.copied) return;
    name.textContent = words.copied;
    button.classList.add("done");
    status.textContent = words.copied;
    setTimeout(() => {
      name.textContent = label;
      button.classList.remove("done");
    }, 2000);
  }

  // What opens may be below what is seen: it comes into view, from its beginning where it is long.
  function open(told, button) {
    const shown = told.classList.toggle("open");
    button.ariaExpanded = String(shown);
    if (shown) told.scrollIntoView({ block: "nearest" });
  }

  const explain = (button) => open(button.nextElementSibling, button);
  const unfold = (button) => open(document.getElementById(`${button.id}-told`), button);

  function lengthen(button) {
    const question = button.closest(".message").querySelector("h2.question");
    question.classList.toggle("whole");
    button.textContent = question.classList.contains("whole") ? words.less : words.more;
  }

  // Light or dark

  const scheme = window.colourScheme((dark) => { // scheme.js
    const shown = document.body?.classList; // a change may come before the page has a body
    if (shown && shown.contains("dark") !== dark) shown.toggle("dark", dark);
  });

  // For those who do not see the page: an answer is read out once, when it is done. Gradio's own labels say the markup of
  // each message, its log would be read out with every word, and its buttons beside the question say nothing.

  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  let waiting = false; // for the end of an answer

  function attend() {
    const named = ["[data-testid=user]", "[data-testid=bot]", ".example"].map((each) => `#chat ${each}[aria-label]`);
    for (const each of document.querySelectorAll(named.join()))
      each.removeAttribute("aria-label");
    for (const each of document.querySelectorAll("#chat [role=complementary], #chat .examples[role]")) each.removeAttribute("role");
    for (const [name, label] of [["submit", words.ask], ["stop", words.stop]])
      document.querySelector(`#question .${name}-button:not([aria-label])`)?.setAttribute("aria-label", label);
    const log = document.querySelector("#chat [role=log]");
    if (!log) return;
    if (log.getAttribute("aria-live") !== "off") log.setAttribute("aria-live", "off");
    if (log.ariaLabel !== words.chat) log.ariaLabel = words.chat; // Gradio says it in English
    for (const each of document.querySelectorAll("input[type=checkbox][title]")) each.removeAttribute("title"); // the program's own words
    for (const each of document.querySelectorAll("#sharing [aria-label=Copy]"))
      if (each.ariaLabel !== words.copy) each.ariaLabel = each.title = words.copy; // the same again would be news to the observer
    for (const each of log.querySelectorAll("h2.question:not(.whole)"))
      each.classList.toggle("long", each.scrollHeight > each.clientHeight + 1);
    for (const each of log.querySelectorAll("button.unfold:not([aria-expanded])")) each.ariaExpanded = "false";
    const last = [...log.querySelectorAll(".message.bot")].at(-1);
    const going = Boolean(last && last.querySelector(".doing, .writing"));
    lead(log, waiting && !going);
    if (waiting && last && !going) status.textContent = last.innerText;
    if (going && !waiting) document.getElementById("proof").scrollTop = 0; // the newest is on top
    waiting = going;
  }

  // The newest question comes first into view, with its answer below it: in the chat, or on a phone in the whole page.
  // While more is drawn, and when the answer is done, it comes there again, since there may have been no room before;
  // until somebody does something. On a phone the first question is in view from the beginning.
  const narrow = matchMedia("(max-width: 860px)");
  let turns = 0;
  let touched = false;
  let settles = 0;
  for (const name of ["pointerdown", "keydown", "touchmove", "wheel"])
    addEventListener(name, () => { touched = true; }, { capture: true, passive: true });

  function lead(log, done) {
    const asked = [...log.querySelectorAll(".user-row:not(:has(.queued))")];
    const other = asked.length !== turns;
    turns = asked.length;
    if (other) [touched, settles] = [false, Date.now() + 3000];
    const drawing = done || Date.now() < settles;
    if (turns > Number(narrow.matches) && drawing && !touched) asked.at(-1).scrollIntoView({ block: "start" });
  }

  // How long an answer has been on its way, as of this page: with every step it is drawn again.
  let since = 0;

  function count() {
    const doing = document.querySelector("#chat .doing");
    since = doing ? since || Date.now() : 0;
    const seconds = Math.floor((Date.now() - since) / 1000);
    if (doing && seconds) doing.dataset.seconds = words.seconds.replace("{seconds}", seconds);
  }

  function begin() {
    setInterval(count, 500);
    document.body.append(pane, status);
    scheme.paint();
    // Gradio paints by the system once more when it comes up.
    new MutationObserver(scheme.paint).observe(document.body, { attributeFilter: ["class"] });
    new MutationObserver(attend).observe(document.body, { childList: true, subtree: true, attributeFilter: ["aria-label"] });
  }
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);

  // The listeners

  const ACTS = [
    ['a[href^="#proof-"]', show],
    ['a[href^="#read-"]', read],
    ['#pane a[href^="#quoted-"]', jump],
    ["a.back", back],
  ];

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (at(target, "#scheme")) scheme.turn();
    const reference = at(target, ".reference button, button.copy");
    if (reference) copy(reference);
    const why = at(target, "button.why");
    if (why) explain(why);
    const folded = at(target, "button.unfold");
    if (folded) unfold(folded);
    const long = at(target, ".edit button.more");
    if (long) lengthen(long);
    at(target, "#links a, #out a, a.scoping")?.removeAttribute("target"); // Gradio opens them beside the page, where somebody would go on unsigned
    const [selector, act] = ACTS.find(([each]) => at(target, each)) || [];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(at(target, selector));
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && origin && !document.querySelector("#menu:popover-open, dialog[open]")) {
      event.preventDefault();
      back();
    }
  }, true);
})();
