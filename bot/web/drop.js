// Files that an editor drops anywhere on the page are sent to where articles are added; then the page goes there. Whoever
// may add nothing has no link to it in the menu.
(() => {
  const { words } = window.byline; // language.js
  const place = () => document.querySelector('#links a[href="library/bring"]');
  const holds = (event) => Boolean(place()) && [...(event.dataTransfer?.types ?? [])].includes("Files");

  const overlay = document.createElement("dialog");
  overlay.id = "drop";
  let sending = null; // the request that is on its way

  function show(...children) {
    overlay.replaceChildren(...children);
    if (!overlay.isConnected) document.body.append(overlay);
    if (!overlay.open) overlay.showModal();
  }

  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

  // Files go one after the other in one request: what was sent of it tells how far each of them is.
  function listed(files) {
    let before = 0;
    const rows = files.map((file) => {
      const bar = element("progress", { max: file.size || 1, value: 0 });
      bar.ariaLabel = file.name;
      const row = element("li", {});
      row.append(element("span", { textContent: file.name, dir: "auto" }), bar);
      const from = before;
      before += file.size;
      return { row, tell: (sent) => { bar.value = Math.max(0, Math.min(file.size || 1, sent - from)); } };
    });
    const list = element("ul", {});
    list.append(...rows.map(({ row }) => row));
    return [list, (sent) => rows.forEach(({ tell }) => tell(sent))];
  }

  function send(files) {
    const form = new FormData();
    for (const file of files) form.append("files", file);
    const [list, tell] = listed(files);
    const request = sending = new XMLHttpRequest();
    const cancel = element("button", { textContent: words.stop, type: "button" });
    cancel.addEventListener("click", () => overlay.close());
    show(element("p", { textContent: words.sending }), list, cancel);
    request.upload.addEventListener("progress", (event) => tell(event.loaded));
    request.addEventListener("load", () => arrive(request));
    request.addEventListener("error", () => arrive(request));
    request.open("POST", place().href);
    request.send(form);
  }

  // A job has an address of its own, to which the request was led; where nothing was taken it has not.
  function arrive(request) {
    sending = null;
    if (request.status === 200 && request.responseURL !== place().href) return location.assign(request.responseURL);
    const close = element("button", { textContent: words.close, type: "button" });
    close.addEventListener("click", () => overlay.close());
    show(element("p", { textContent: words.not_sent }), close);
  }

  overlay.addEventListener("close", () => {
    sending?.abort();
    sending = null;
  });

  function over(event) {
    if (!holds(event) || sending) return;
    event.preventDefault();
    if (!overlay.open) show(element("p", { textContent: words.drop }));
  }

  function drop(event) {
    if (!holds(event)) return;
    event.preventDefault();
    event.stopPropagation();
    const files = [...event.dataTransfer.files];
    if (files.length && !sending) send(files);
  }

  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, over, true);
  document.addEventListener("drop", drop, true);
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget && !sending && overlay.open) overlay.close(); // out of the window
  }, true);
})();
