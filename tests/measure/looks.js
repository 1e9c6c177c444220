// What is wrong with the page in the window, a sentence each.
() => {
  const faults = [];
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) faults.push(`sticks out: ${wide} of ${innerWidth} pixels`);

  const aside = document.querySelector("[data-testid=stSidebar]");
  const closed = aside && aside.getBoundingClientRect().right < 2;
  const seen = (one) => {
    if (closed && aside.contains(one)) return false;
    const style = getComputedStyle(one);
    const box = one.getBoundingClientRect();
    return style.visibility === "visible" && box.width > 2 && box.height > 2 &&
      one.checkVisibility({opacityProperty: true, contentVisibilityAuto: true}) &&
      !one.closest(".katex-mathml, [aria-hidden=true], [data-testid=stHeader], svg, .vega-bindings");
  };
  // Each piece of text as it is drawn, and what it stands in.
  const pieces = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || /^(SCRIPT|STYLE|OPTION)$/.test(parent.tagName) || !seen(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects())
      if (box.width > 2 && box.height > 2) pieces.push({box, at: parent, text: node.data.trim()});
  }
  const told = (piece) => `"${piece.text.slice(0, 60)}"`;
  const scrolls = (style) => /auto|scroll/.test(style.overflowX + style.overflowY);
  const kept = pieces.filter((piece) => {
    for (let one = piece.at; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.overflow === "visible") continue;
      const around = one.getBoundingClientRect();
      const {box} = piece;
      if (scrolls(style)) {
        if (box.top > around.bottom - 2 || box.bottom < around.top + 2 ||
            box.left > around.right - 2 || box.right < around.left + 2) return false;
        return true;
      }
      if (around.width < 3 || around.height < 3) return false;  // for those who hear it
      if (box.right > around.right + 2 || box.left < around.left - 2 ||
          box.bottom > around.bottom + 4 || box.top < around.top - 4)
        faults.push(`cut off: ${told(piece)}`);
    }
    return true;
  });
  for (const piece of kept)
    if (piece.box.right > innerWidth + 1 || piece.box.left < -1) faults.push(`outside: ${told(piece)}`);
  for (let i = 0; i < kept.length; i++)
    for (let j = i + 1; j < kept.length; j++) {
      const [a, b] = [kept[i].box, kept[j].box];
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const same = kept[i].at.closest(".katex") && kept[j].at.closest(".katex");
      if (across > 3 && down > 5 && !same && kept[i].text !== kept[j].text) faults.push(`overlap: ${told(kept[i])} and ${told(kept[j])}`);
    }
  for (const drawn of document.querySelectorAll("[data-testid=stVegaLiteChart] svg")) {
    if (!drawn.checkVisibility()) continue;
    if (drawn.querySelectorAll("path, text, line, circle, rect").length < 20)
      faults.push(`empty figure: ${drawn.closest("[data-testid]").getAttribute("aria-label")}`);
    const texts = [...drawn.querySelectorAll("text")].filter((text) =>
      text.textContent && getComputedStyle(text).opacity > 0 && !/rotate/.test(text.getAttribute("transform")));
    const frame = drawn.getBoundingClientRect();
    const boxes = texts.map((text) => text.getBoundingClientRect());
    texts.forEach((text, i) => {
      if (boxes[i].right > frame.right + 2 || boxes[i].left < frame.left - 2)
        faults.push(`cut off in a figure: "${text.textContent}"`);
      if (/\S…$/.test(text.textContent) && !/at work …$/.test(text.textContent)) faults.push(`shortened in a figure: "${text.textContent}"`);
      for (let j = i + 1; j < texts.length; j++) {
        const across = Math.min(boxes[i].right, boxes[j].right) - Math.max(boxes[i].left, boxes[j].left);
        const down = Math.min(boxes[i].bottom, boxes[j].bottom) - Math.max(boxes[i].top, boxes[j].top);
        if (across > 1 && down > 5)
          faults.push(`overlap in a figure: "${text.textContent}" and "${texts[j].textContent}"`);
      }
    });
  }
  return [...new Set(faults)];
}
