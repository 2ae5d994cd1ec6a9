// The proof and the words point at each other: what is under the pointer, or has the focus, lights what belongs to it, and
// a mark shows its whole quote in a card. All of it is made from what the page holds, and goes in as text.
(() => {
  const { words } = window.byline; // language.js
  const MARK = '#chat a.mark[href^="#proof-"]';
  const WAIT = 200; // milliseconds, in which the pointer may go from a mark to its card
  const at = (target, selector) => (target instanceof Element ? target.closest(selector) : null);
  const quoteOf = (mark) => [...document.getElementsByClassName(mark.getAttribute("href").slice(1))]; // its elements
  const make = (tag, className, textContent) => Object.assign(document.createElement(tag), { className, textContent });

  // Light

  let lit = [];

  function related(target) {
    const claim = at(target, "#chat .claim");
    if (claim) return [claim, ...[...claim.querySelectorAll(MARK)].flatMap(quoteOf)];
    const marks = []; // a quote may be inside another
    for (let each = at(target, "#proof mark"); each; each = each.parentElement.closest("mark"))
      marks.push(...document.querySelectorAll(`#chat a.mark[href="#${each.classList[0]}"]`));
    return marks.flatMap((mark) => [mark.closest(".claim"), ...quoteOf(mark)]);
  }

  function light(target) {
    for (const each of lit) each.classList.remove("lit");
    lit = related(at(target, "#quote-card") ? shown : target);
    for (const each of lit) each.classList.add("lit");
  }

  // The card: a tooltip of its mark; where it was tapped, a dialog that leads on to the passage

  const card = make("div", "", "");
  Object.assign(card, { id: "quote-card", hidden: true, tabIndex: -1 });
  let shown = null; // the mark whose quote it shows
  let timer = 0;

  function without(element, selector) {
    const copy = element.cloneNode(true);
    for (const each of copy.querySelectorAll(selector)) each.remove();
    return copy.textContent;
  }

  function quoted(parts) {
    const block = (part) => part?.closest(".words");
    const gap = (place) => (place && block(parts[place]) !== block(parts[place - 1]) ? " " : "");
    return parts.map((each, place) => gap(place) + without(each, "sup")).join("").trim();
  }

  function fill(mark, parts) {
    const around = parts[0].closest(".card");
    const [byline, tongue] = [around.querySelector(".byline"), around.querySelector("blockquote[lang]")];
    const quote = Object.assign(make("p", "quote", quoted(parts)), { dir: "auto" });
    if (tongue) quote.lang = tongue.lang;
    const who = make("p", "byline", without(byline, ".kind, small").trim());
    for (const day of byline.querySelectorAll("small")) who.append(" ", make("small", day.className, day.textContent));
    const kind = byline.querySelector(".kind:not(.report, .analysis)"); // of an article that speaks for somebody
    if (kind) who.append(" ", make("span", kind.className, kind.textContent));
    card.replaceChildren(quote, who, make("p", "note", mark.closest(".claim").querySelector(".sign").title));
  }

  function show(mark, tapped) {
    const parts = quoteOf(mark);
    hide();
    if (!parts.length) return;
    shown = mark;
    fill(mark, parts);
    card.setAttribute("role", tapped ? "dialog" : "tooltip");
    card.ariaLabel = tapped ? words.quote : null;
    if (tapped) card.append(make("button", "", words.to_quote));
    else mark.setAttribute("aria-describedby", card.id);
    (document.querySelector("main") ?? document.body).append(card);
    card.hidden = false;
    place();
    if (tapped) card.focus({ preventScroll: true });
  }

  function hide() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    card.hidden = true;
  }

  // Below the sentence, else above it: it never covers it.
  function place() {
    if (!shown) return;
    const claim = shown.closest(".claim")?.getBoundingClientRect();
    if (!claim?.width || claim.bottom < 0 || claim.top > innerHeight) return hide();
    const [below, above] = [innerHeight - claim.bottom - 12, claim.top - 12];
    card.style.maxHeight = `${Math.max(below, above)}px`;
    const { offsetHeight: height, offsetWidth: width } = card;
    card.style.top = `${height <= below || below >= above ? claim.bottom + 6 : claim.top - 6 - height}px`;
    card.style.left = `${Math.max(8, Math.min(claim.left, innerWidth - width - 8))}px`;
  }

  // The listeners

  let touched = false; // whether the last press was a finger's

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    light(at(target, "#chat .claim, #proof mark, #quote-card") ? target : document.activeElement);
    if (pointerType === "touch") return;
    clearTimeout(timer);
    const mark = at(target, MARK);
    if (mark && mark !== shown) timer = setTimeout(show, WAIT, mark);
    else if (!mark && shown && shown !== document.activeElement && !at(target, "#quote-card")) timer = setTimeout(hide, WAIT);
  });

  document.addEventListener("focusin", ({ target, relatedTarget }) => {
    light(target);
    const mark = at(target, MARK);
    // Not where Escape leads back from a quote.
    if (mark?.matches(":focus-visible") && !at(relatedTarget, "mark, #quote-card")) show(mark);
    else if (shown && !at(target, "#quote-card")) hide();
  });

  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget) return; // focusin tells of that
    light(null);
    hide();
  });

  document.addEventListener("pointerdown", (event) => { touched = event.pointerType === "touch"; }, true);
  document.addEventListener("scroll", place, true);

  // This script comes before script.js, by which a mark leads to its quote.
  document.addEventListener("click", (event) => {
    const [mark, before] = [at(event.target, MARK), shown];
    if (at(event.target, "#quote-card :not(button)") || event.target === card) return;
    hide();
    if (at(event.target, "#quote-card button")) before.click();
    if (!mark || !touched || !event.detail) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (mark !== before) show(mark, true);
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (card.contains(document.activeElement)) shown.focus({ preventScroll: true });
    hide();
  }, true);
})();
