// Toasts float, can be closed, and good news leaves by itself unless one is reading it.
const STAY = 12000; // ms
const place = () => document.getElementById("toasts");

function arm(toast) {
  if (toast.dataset.armed) return;
  toast.dataset.armed = "1";
  toast.querySelector(".toast-close")?.addEventListener("click", () => toast.remove());
  if (!toast.classList.contains("success")) return;
  const leave = () => {
    if (toast.matches(":hover") || toast.contains(document.activeElement)) setTimeout(leave, STAY / 2);
    else toast.remove();
  };
  setTimeout(leave, STAY);
}

function say(text) {
  const toast = document.createElement("div");
  toast.className = "toast show error";
  toast.setAttribute("role", "alert");
  const words = document.createElement("span");
  words.className = "grow";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "toast-close";
  close.textContent = "×";
  toast.append(words, close);
  place()?.append(toast);
  arm(toast);
}

const armAll = () => place()?.querySelectorAll(".toast").forEach(arm);
armAll();
document.addEventListener("htmx:afterSettle", armAll);
document.addEventListener("htmx:oobAfterSwap", armAll);
document.addEventListener("htmx:sendError", () => say(document.body.dataset.lost));
document.addEventListener("htmx:timeout", () => say(document.body.dataset.lost));
document.addEventListener("htmx:responseError", () => say(document.body.dataset.refused));
