// The library in an open tab: its counts follow the index. The list stays as it is, and says when it is no longer new.
(() => {
  const AGAIN = 10_000; // ms
  const live = document.getElementById("live");
  const news = document.getElementById("news");
  let known = live.dataset.tag;
  let timer = null;

  function write({ said }) {
    for (const each of document.querySelectorAll("[data-said]"))
      each.textContent = said[each.dataset.said] ?? "0"; // what no article is of has no count
    news.hidden = false;
  }

  async function look() {
    timer = null;
    try {
      const answer = await fetch(live.dataset.counts, { headers: { "if-none-match": known }, cache: "no-store" });
      if (answer.status === 401 || answer.status === 403) return; // signed out: the page is no longer theirs
      if (answer.ok) {
        known = answer.headers.get("etag");
        write(await answer.json());
      }
    } catch {} // the server is away for a while
    wait();
  }

  function wait() {
    if (timer === null && !document.hidden) timer = setTimeout(look, AGAIN);
  }

  function attend() {
    clearTimeout(timer);
    timer = null;
    if (!document.hidden) look();
  }

  document.addEventListener("visibilitychange", attend);
  wait();
})();
