// The sandbox's side doors: what a person does goes out by POST, what changed comes in by one event stream.

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok || body.ok === false) throw new Error(body.detail || body.error || `The sandbox answered ${response.status}.`);
  return body;
}

export async function get(path) {
  return answer(await fetch(`/_sandbox/${path}`));
}

export async function post(path, body) {
  const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return answer(await fetch(`/_sandbox/${path}`, options));
}

// Calls `onEvent` for every change, and `onOpen` after each (re)connection, when something may have been missed.
export function listen(onEvent, onOpen, onLost) {
  const stream = new EventSource("/_sandbox/stream");
  stream.addEventListener("open", onOpen);
  stream.addEventListener("error", onLost);
  stream.addEventListener("message", (event) => onEvent(JSON.parse(event.data)));
  return stream;
}

// Runs one refresh at a time; a request that comes meanwhile runs once more afterwards.
export function coalesced(refresh) {
  let running = null;
  let again = false;
  return () => {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        await refresh();
      } while (again);
    })().finally(() => { running = null; });
    return running;
  };
}
