// Adding articles: files may be dropped anywhere on the page. They wait until the form is sent, and then each tells how
// much of it was sent. Without this script the form is sent as any other.
(() => {
  const form = document.getElementById("bring");
  if (!form) return; // what came of it, or why nobody may
  const { upload } = window; // upload.js
  const { most, much, failed, sent, chosen } = form.dataset;
  const input = form.elements.namedItem("files");
  const list = document.getElementById("progress");
  const status = document.getElementById("sending");
  const button = form.querySelector("button");
  let progress = () => {}; // of the files
  let large = false; // whether they are too large

  function tell(text, wrong = false) {
    status.textContent = text;
    status.classList.toggle("alarm", wrong);
  }

  function show() {
    const files = [...input.files];
    progress = upload.list(list, files);
    large = upload.size(files) > most;
    const waiting = files.length ? chosen : "";
    tell(large ? much : waiting, large);
  }

  function stop(text) {
    button.disabled = false;
    show();
    tell(text, true);
  }

  function send(event) {
    if (!input.files.length) return;
    event.preventDefault();
    if (large) return; // which is told
    button.disabled = true;
    tell("");
    upload.send(form.getAttribute("action"), new FormData(form), {
      progress,
      sent: () => tell(sent),
      taken: (address) => location.assign(address),
      refused: (said) => stop(said || failed),
    });
  }

  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");

  function over(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  }

  function leave(event) {
    if (!event.relatedTarget) document.body.classList.remove("dropping");
  }

  // What is dropped comes to what was chosen before.
  function drop(event) {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove("dropping");
    const all = new DataTransfer();
    for (const each of [...input.files, ...event.dataTransfer.files]) all.items.add(each);
    input.files = all.files;
    show();
    button.focus();
  }

  document.getElementById("drop").hidden = false;
  input.addEventListener("change", show);
  form.addEventListener("submit", send);
  addEventListener("dragover", over);
  addEventListener("dragleave", leave);
  addEventListener("drop", drop);
  addEventListener("pageshow", ({ persisted }) => { // the browser may have kept what was chosen, or the whole page
    if (persisted) button.disabled = false;
    if (persisted || !list.childElementCount) show(); // else files were dropped before the page had loaded
  });
})();
