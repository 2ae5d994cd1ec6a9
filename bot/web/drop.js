// Files that an editor drops anywhere on the page are sent to where articles are added; then the page goes there. Whoever
// may add nothing has no link to it in the menu.
(() => {
  const { words, upload: { largest, much, failed, sent: gone } } = window.byline; // language.js
  const { upload } = window; // upload.js
  const place = () => document.querySelector('#links a[href="library/bring"]');
  const holds = (event) => Boolean(place()) && [...(event.dataTransfer?.types ?? [])].includes("Files");

  const overlay = document.createElement("dialog");
  overlay.id = "drop";
  let sending = null; // the request that is on its way
  let sent = false; // whether all of it is: the server may have taken it, and nothing stops it any more

  const element = (tag, properties) => Object.assign(document.createElement(tag), properties);

  function show(text, ...more) {
    overlay.replaceChildren(element("p", { textContent: text }), ...more);
    if (!overlay.isConnected) document.body.append(overlay);
    if (!overlay.open) overlay.showModal();
  }

  function closing(text) {
    const button = element("button", { textContent: text, type: "button" });
    button.addEventListener("click", stop);
    return button;
  }

  function send(files) {
    if (upload.size(files) > largest) return refuse(much);
    const form = new FormData();
    for (const file of files) form.append("files", file);
    const list = element("ul", {});
    show(words.sending, list, closing(words.stop));
    sending = upload.send(place().href, form, {
      progress: upload.list(list, files),
      sent: finish,
      taken: (address) => {
        end();
        overlay.close();
        location.assign(address);
      },
      refused: (said) => refuse(said || failed),
    });
  }

  function finish() {
    sent = true;
    show(gone, overlay.querySelector("ul"));
  }

  function end() {
    sending = null;
    sent = false;
  }

  function refuse(text) {
    end();
    show(text, closing(words.close));
  }

  function stop() {
    sending?.abort();
    end();
    overlay.close();
  }

  overlay.addEventListener("close", () => {
    if (!overlay.open) stop(); // by a key; the event comes late: the next files may be on their way
  });

  function over(event) {
    if (!holds(event) || sending) return;
    event.preventDefault();
    if (!overlay.open) show(words.drop);
  }

  function drop(event) {
    if (!holds(event)) return;
    event.preventDefault();
    event.stopPropagation();
    if (sending) return;
    const files = [...event.dataTransfer.files];
    if (files.length) send(files);
    else overlay.close();
  }

  for (const name of ["dragenter", "dragover"]) document.addEventListener(name, over, true);
  document.addEventListener("drop", drop, true);
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget && !sending && overlay.open) overlay.close(); // out of the window
  }, true);
  document.addEventListener("keydown", (event) => {
    if (sent && event.key === "Escape") event.preventDefault(); // it would close the dialog
  }, true);
})();
