// What the page does once it is there and the reader looks at it: it is kept for when there is no network, and a newer
// version is offered. Nothing of it is needed; where the browser refuses, the page goes on without.

/** A sentence at the page's lower edge, with what can be done about it. */
const offer = (sentence, label, act) => {
  const notice = document.createElement("div");
  notice.className = "notice offer";
  notice.setAttribute("role", "status");
  const text = document.createElement("p");
  text.textContent = sentence;
  const button = (words, click) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", () => {
      notice.remove();
      click?.();
    });
    return made;
  };
  notice.append(text, button(label, act), button("Later"));
  document.body.append(notice);
};

const offerNewer = (registration) => {
  if (document.querySelector(".offer")) return;
  offer("A newer version of Interleave is here. Loading it ends what runs now.", "Load it", () => {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
    // Another one may have come meanwhile.
    registration.waiting?.postMessage("begin");
  });
};

/** Keeps the site, and says so on the page's root element when all of it is here. */
export const open = async (_, at) => {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = at("later.css");
  document.head.append(sheet);
  const registration = await serviceWorker.register(new URL("sw.js", document.baseURI));
  const look = (worker) => {
    const changed = () => {
      // The first one has nothing to wait for.
      if (worker.state === "installed" && registration.active) offerNewer(registration);
    };
    worker.addEventListener("statechange", changed);
    changed();
  };
  for (const worker of [registration.waiting, registration.installing]) if (worker) look(worker);
  registration.addEventListener("updatefound", () => look(registration.installing));
  const { active } = await serviceWorker.ready;
  // Who counts bytes keeps what they have used.
  if (navigator.connection?.saveData) return;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (document.documentElement.dataset.kept = "");
  active.postMessage("all", [port2]);
};
