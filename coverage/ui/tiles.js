// The words on the tiles of a matrix, and the clicks on them. The words lie over the heat-map and let the mouse through
// to it, so that it says what is under the mouse. `data` is the JSON that coverage/ui/tiles.py makes of a grid.

const QUICK = 300; // ms between two clicks of one hand
const drawings = new WeakMap(); // of each parent element the last AbortController of its listeners

export default function ({ data, parentElement, setTriggerValue }) {
  drawings.get(parentElement)?.abort();
  const drawing = new AbortController();
  drawings.set(parentElement, drawing);
  const grid = JSON.parse(data);
  const frame = parentElement.closest("[data-testid=stVerticalBlock]");
  const { words, heads } = wordsOf(grid);
  frame.style.minWidth = `${grid.width}px`;
  parentElement.replaceChildren(words);
  passClicks(grid, words, frame, (click) => setTriggerValue("clicked", click), drawing.signal);
  keepInSight(heads, words, drawing.signal);
  return () => drawing.abort();
}

function wordsOf(grid) {
  const words = element("div", "cov-words");
  words.style.setProperty("--columns", grid.headers.length);
  words.style.setProperty("--head", `${grid.head}px`);
  words.style.setProperty("--row", `${grid.row}px`);
  words.style.setProperty("--gutter", `${100 * grid.gutter}%`);
  const heads = element("div", "cov-row cov-heads");
  for (const [name, below] of grid.headers) {
    const head = element("div", "cov-head");
    head.append(element("b", "", name), element("span", "", below));
    heads.append(head);
  }
  // Each row is an element, because a browser need not lay out one that is out of sight.
  const rows = Array.from({ length: grid.rows }, () => element("div", "cov-row"));
  for (const [column, row, kind, name, number, click, isInner] of grid.tiles) {
    const tile = element("div", isInner ? "cov-tile cov-inner" : "cov-tile");
    tile.dataset.cell = click.join("/");
    tile.style.gridColumn = column + 1;
    tile.style.color = grid.inks[kind];
    const label = element("span", "", name);
    if (name.includes("/")) breakAtSlashes(label);
    tile.append(label, element("b", "", number));
    rows[row].append(tile);
  }
  for (const [column, row, height, sign, hint, click] of grid.handles)
    for (let down = 0; down < height; down++) {
      const handle = element("div", "cov-handle", down ? "" : sign);
      handle.dataset.cell = click.join("/");
      handle.style.gridColumn = column + 1;
      handle.title = hint;
      rows[row + down].append(handle);
    }
  words.append(heads, ...rows);
  return { words, heads };
}

function element(tag, kind, text = "") {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = text;
  return made;
}

function breakAtSlashes(label) {
  const [first, ...others] = label.textContent.split("/");
  label.textContent = first;
  for (const other of others) label.append("/", document.createElement("wbr"), other);
}

function passClicks(grid, words, frame, click, signal) {
  const tiles = new Map(), handles = new Map();
  for (const tile of grid.tiles) tiles.set(`${tile[0]} ${tile[1]}`, tile[5]);
  for (const [column, row, height, , , value] of grid.handles)
    for (let down = 0; down < height; down++) handles.set(`${column} ${row + down}`, value);
  const under = ({ clientX, clientY }) => {
    const box = words.getBoundingClientRect();
    const across = ((clientX - box.left) / box.width) * grid.headers.length;
    const column = Math.floor(across);
    const place = `${column} ${Math.floor((clientY - box.top - grid.head) / grid.row)}`;
    return (across - column > 1 - grid.gutter && handles.get(place)) || tiles.get(place);
  };
  // The detail opens under a hand that is still clicking; what it clicks then is meant for the matrix.
  let quickUntil = 0;
  const inSight = frame.parentElement.closest("[data-testid=stVerticalBlock]") ?? frame;
  const isQuick = (event) => {
    const { target, timeStamp, clientX } = event;
    if (timeStamp >= quickUntil || !target.closest?.(".stDialog") || target.closest("[role=dialog]")) return false;
    const { left, right } = inSight.getBoundingClientRect();
    return left <= clientX && clientX <= right && under(event) !== undefined;
  };
  const isOnTiles = ({ target }) => frame.contains(target) && !target.closest(".cov-heads");
  let pressed;
  const options = { capture: true, signal };
  window.addEventListener("pointerdown", (event) => {
    pressed = event.button === 0 && (isOnTiles(event) || isQuick(event)) ? under(event) : undefined;
  }, options);
  // While a button is down Plotly's cover lies over the whole page.
  window.addEventListener("pointerup", (event) => {
    if (pressed && pressed === under(event)) {
      quickUntil = event.timeStamp + QUICK;
      click(pressed);
    }
    pressed = undefined;
  }, options);
  for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
    window.addEventListener(kind, (event) => {
      if (isQuick(event)) event.stopPropagation();
    }, options);
}

function keepInSight(heads, words, signal) {
  const stick = () => {
    const top = document.querySelector("[data-testid=stHeader]")?.getBoundingClientRect().bottom ?? 0;
    const box = words.getBoundingClientRect();
    const down = Math.min(Math.max(top - box.top, 0), box.height - heads.offsetHeight);
    heads.style.transform = down ? `translateY(${down}px)` : "";
  };
  words.closest("[data-testid=stMain]")?.addEventListener("scroll", stick, { passive: true, signal });
}
