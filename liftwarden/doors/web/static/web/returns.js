// The return as a grid: keys move between its boxes, and the sums are said again while one types. Works without.
(function () {
  "use strict";

  var boxes = Array.prototype.slice.call(document.querySelectorAll("[data-grid]"));

  function shown(box) { return box.offsetParent !== null; }

  function go(from, step) {
    var open = boxes.filter(shown), next = open[open.indexOf(from) + step];
    if (next) { next.focus(); if (next.select) { next.select(); } }
  }

  boxes.forEach(function (box) {
    box.addEventListener("keydown", function (event) {
      if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) { return; }
      if (event.key === "Enter" || event.key === "ArrowDown") { event.preventDefault(); go(box, 1); }
      if (event.key === "ArrowUp") { event.preventDefault(); go(box, -1); }
    });
  });

  function count(code) {
    var input = document.querySelector("[data-cell-input='" + code + "']");
    var ledger = document.querySelector("[data-cell='" + code + "']");
    var text = input ? input.value.normalize("NFKC").replace(/[\s,，]/g, "") : "";
    if (!text && ledger) { text = ledger.dataset.ledger; }
    return /^\d+$/.test(text) ? parseInt(text, 10) : null;
  }

  function sum(codes) {
    return codes.reduce(function (total, code) {
      var value = count(code);
      return total === null || value === null ? null : total + value;
    }, 0);
  }

  function side(codes, total) { return codes.join("+") + "=" + (total === null ? "空" : total); }

  function say(line) {
    var left = line.dataset.left.split(","), right = line.dataset.right.split(",");
    var a = sum(left), b = sum(right), words = side(left, a) + "，" + side(right, b), holds = false;
    if (a !== null && b !== null) {
      holds = line.dataset.operator === "=" ? a === b : a <= b;
      words += holds ? "，相符" : "，差 " + Math.abs(a - b);
    } else {
      words += "，无法核对";
    }
    line.classList.toggle("broken", !holds);
    line.querySelector(".state").textContent = holds ? "相符" : "不符";
    line.querySelector("output").textContent = words;
  }

  var lines = document.querySelectorAll("[data-relation]");
  if (boxes.length) {
    document.addEventListener("input", function (event) {
      if (event.target.matches("[data-cell-input]")) { lines.forEach(say); }
    });
  }
})();
