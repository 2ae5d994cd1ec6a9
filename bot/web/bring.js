// Adding articles: files may be dropped anywhere on the page, and each tells how much of it was sent. Without this script
// the form is sent as any other.
(() => {
  const form = document.getElementById("bring");
  if (!form) return; // what came of it, or why nobody may
  const { most, much, failed, sent } = form.dataset;
  const input = form.elements.namedItem("files");
  const list = document.getElementById("progress");
  const status = document.getElementById("sending");
  const button = form.querySelector("button");
  let bars = []; // of the files, in the order in which they are sent

  function tell(text, wrong = false) {
    status.textContent = text;
    status.classList.toggle("alarm", wrong);
  }

  function bar(file) {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: file.name, dir: "auto" });
    const made = Object.assign(document.createElement("progress"), { max: file.size || 1, value: 0 });
    made.setAttribute("aria-label", file.name);
    item.append(name, made);
    list.append(item);
    return made;
  }

  function show() {
    list.replaceChildren();
    const files = [...input.files];
    bars = files.map(bar);
    const size = files.reduce((sum, { size }) => sum + size, 0);
    tell(size > most ? much : "", size > most);
  }

  // A browser sends files one after the other, as they stand in the form.
  function progress(loaded) {
    for (const each of bars) {
      each.value = Math.max(0, Math.min(loaded, each.max));
      loaded -= each.max;
    }
  }

  function stop(text) {
    button.disabled = false;
    progress(0);
    tell(text, true);
  }

  // Where the server took it, it has led to the page that tells what comes of it; else it says why not.
  function done({ status: code, responseURL, responseText }) {
    if (code === 200) return location.assign(responseURL);
    const said = new DOMParser().parseFromString(responseText, "text/html").querySelector("main p:not(.back)");
    stop(said?.textContent || failed);
  }

  function send(event) {
    if (!input.files.length) return;
    event.preventDefault();
    button.disabled = true;
    tell("");
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
    request.upload.addEventListener("load", () => tell(sent));
    request.addEventListener("load", () => done(request));
    request.addEventListener("error", () => stop(failed));
    request.open("POST", form.getAttribute("action"));
    request.setRequestHeader("accept", "text/html");
    request.send(new FormData(form));
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
  addEventListener("pageshow", show); // also where the browser has kept what was chosen
})();
