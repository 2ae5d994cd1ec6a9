// What the server has done comes in one stream, which Gradio closes when nothing is left to do. A request that is on its
// way just then finds the stream still open, and nobody opens another: its end would never be told (Gradio 6.31). So the
// number of a request is held back until the stream has told something of it, or is closed.
(() => {
  const ask = window.fetch;
  let latest = null;

  class Stream extends EventTarget {
    told = "";
    open = true;

    read(text) {
      this.told += text;
      this.dispatchEvent(new Event("news"));
    }

    close() {
      this.open = false;
      this.dispatchEvent(new Event("news"));
    }
  }

  function follow(response, signal) {
    const stream = new Stream();
    const decoder = new TextDecoder();
    latest = stream;
    signal?.addEventListener("abort", () => stream.close());
    const body = response.body.pipeThrough(new TransformStream({
      transform(chunk, controller) {
        controller.enqueue(chunk);
        stream.read(decoder.decode(chunk, { stream: true }));
      },
      flush: () => stream.close(),
    }));
    return new Response(body, response);
  }

  async function heard(id) {
    const stream = latest;
    while (stream?.open && !stream.told.includes(id)) {
      await new Promise((done) => stream.addEventListener("news", done, { once: true }));
    }
  }

  window.fetch = async (input, options) => {
    const response = await ask(input, options);
    const { pathname } = new URL(input instanceof Request ? input.url : input, location.href);
    if (!response.ok) return response;
    if (pathname.endsWith("/queue/data")) return follow(response, options?.signal ?? input.signal);
    if (pathname.endsWith("/queue/join")) await heard((await response.clone().json()).event_id);
    return response;
  };
})();
