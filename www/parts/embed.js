// What a demo does in the frame of another page: it leads to the whole page, and rests where nobody sees it.

export const open = () => {
  const link = document.createElement("a");
  link.className = "embed-link";
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = "Open in Interleave";
  // What is shown now: the address follows the page.
  const update = () => {
    const address = new URL(location.href);
    for (const wish of ["embed", "theme"]) address.searchParams.delete(wish);
    link.href = address.href;
  };
  update();
  for (const event of ["pointerdown", "focus"]) link.addEventListener(event, update);
  document.body.append(link);

  const rest = () => {
    const live = document.getElementById("live");
    live.querySelector(".run-button.stops")?.click();
    live.querySelector('.play [aria-label="Pause"]')?.click();
  };
  // The last of what is told is how it is now.
  new IntersectionObserver((told) => !told.at(-1).isIntersecting && rest()).observe(document.documentElement);
};
