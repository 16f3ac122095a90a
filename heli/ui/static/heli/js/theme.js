// Runs before the first paint: the theme of the device, and the mark that scripts run.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (root.dataset.theme !== "system" || !window.matchMedia) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  dark.addEventListener?.("change", apply);
})();
