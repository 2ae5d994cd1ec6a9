// Files on their way to the library, from the chat page and from the page that adds articles.
window.upload = {
  size: (files) => files.reduce((sum, { size }) => sum + size, 0),

  // Puts files into a list, each with a bar that is seen once they are being sent. They go one after the other in one
  // request: how much of it was sent, given to what this returns, tells how far each of them is.
  list(place, files) {
    let before = 0;
    const bars = files.map((file) => {
      const from = before;
      before += file.size;
      const bar = Object.assign(document.createElement("progress"), { max: file.size || 1, value: 0, ariaLabel: file.name, hidden: true });
      const tell = (sent) => {
        bar.hidden = false;
        bar.value = Math.max(0, Math.min(bar.max, sent - from));
      };
      return { file, bar, tell };
    });
    place.replaceChildren(...bars.map(({ file, bar }) => {
      const row = document.createElement("li");
      row.append(Object.assign(document.createElement("span"), { textContent: file.name, dir: "auto" }), bar);
      return row;
    }));
    return (sent) => bars.forEach(({ tell }) => tell(sent));
  },

  // Where the server took a form, it has led to the page that tells what comes of it: `taken` gets its address. Else
  // `refused` gets the server's sentence, which is empty where nobody answered.
  send(address, form, { progress, sent, taken, refused }) {
    const request = new XMLHttpRequest();
    progress(0);
    request.upload.addEventListener("progress", ({ loaded }) => progress(loaded));
    request.upload.addEventListener("load", sent);
    request.addEventListener("load", () => {
      if (request.status === 200) return taken(request.responseURL);
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      refused(page.querySelector("main p:not(.back)")?.textContent ?? "");
    });
    request.addEventListener("error", () => refused(""));
    request.open("POST", address);
    request.setRequestHeader("accept", "text/html");
    request.send(form);
    return request;
  },
};
