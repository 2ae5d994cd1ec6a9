"use strict";

// The filters of the page: a case is shown where it fits all of them.
const form = document.getElementById("filters");
const cases = [...document.querySelectorAll(".case")].map((card) => [card, card.textContent.toLowerCase()]);

function heed() {
  const words = document.getElementById("text").value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = [...form.querySelectorAll("select")].filter((select) => select.value);
  let shown = 0;
  for (const [card, text] of cases) {
    const fits =
      chosen.every((select) => card.dataset[select.id] === select.value) && words.every((word) => text.includes(word));
    card.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  form.querySelector("output").textContent = `${shown} of ${cases.length} cases`;
}

form.addEventListener("input", heed);
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
heed();
