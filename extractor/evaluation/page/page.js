"use strict";
// Selecting an item marks its places in the text and its card; both are reached by the fragment.

const WIDE = matchMedia("(min-width: 60rem)");

function select(article, number) {
  for (const old of article.querySelectorAll(".on, .field")) old.classList.remove("on", "field");
  for (const place of article.querySelectorAll(`[data-u~="${number}"], [data-n="${number}"]`))
    place.classList.add("on");
  for (const place of article.querySelectorAll(`[data-f~="${number}"]`))
    place.classList.add("field");
}

function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let box = target.closest("details"); box; box = box.parentElement.closest("details"))
    box.open = true;
  const number = target.dataset.n;
  if (number) {
    const article = target.closest("details.article");
    select(article, number);
    const other = article.querySelector(`[data-n="${number}"]:not([id="${target.id}"])`);
    if (other && WIDE.matches) other.scrollIntoView({ block: "nearest" });
  }
  target.scrollIntoView({ block: number ? "center" : "start" });
  target.focus({ preventScroll: true });
}

// A click on marked words goes to their item; where items overlap, clicks go through them.
function open(event) {
  if (event.target.closest("a") || !getSelection().isCollapsed) return;
  const layer = event.target.closest("[data-u]");
  if (!layer) return;
  const numbers = [];
  for (let each = layer; each; each = each.parentElement.closest("[data-u]"))
    numbers.push(...each.dataset.u.split(" "));
  const article = layer.closest("details.article");
  const current = article.querySelector(".card.on");
  const next = numbers.indexOf(current ? current.dataset.n : "") + 1;
  location.hash = article.querySelector(`.card[data-n="${numbers[next % numbers.length]}"]`).id;
}

// A box at an article shows or hides one task in all of them.
function toggle(event) {
  const task = event.target.dataset.toggle;
  if (task === undefined) return;
  for (const box of document.querySelectorAll(`[data-toggle="${task}"]`))
    box.checked = event.target.checked;
  for (const shown of document.querySelectorAll(`[data-k="${task}"]`))
    shown.classList.toggle("off", !event.target.checked);
}

addEventListener("hashchange", follow);
document.addEventListener("click", open);
document.addEventListener("change", toggle);
follow();
