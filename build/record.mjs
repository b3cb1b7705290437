/**
 * Records from the built binary what the README shows: a real session as docs/session.svg, and the table of
 * options. `--check` compares instead of writing, and exits 1 where one is out of date.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import Anser from "anser";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const README = join(root, "README.md");
const PICTURE = join(root, "docs/session.svg");
const COMMAND = "npx create-hardened-eks my-cluster --yes";

/** Size of a character cell and of what surrounds the text, in pixels. */
const CELL = { width: 8.4, height: 19 };
const MARGIN = { x: 20, top: 48, bottom: 20 };
const COLUMNS = 100;

/** Colours by the names that anser gives them; all pass 4.5:1 on the background. */
const PALETTE = {
  background: "#161b22",
  text: "#e6edf3",
  dim: "#9198a1",
  "ansi-red": "#ff7b72",
  "ansi-green": "#56d364",
  "ansi-yellow": "#e3b341",
  "ansi-blue": "#79c0ff",
  "ansi-magenta": "#d2a8ff",
  "ansi-cyan": "#76e3ea",
};

/** What the command prints, with colours, in a fresh directory. Throws where it fails or skips the validation. */
function session() {
  const folder = mkdtempSync(join(tmpdir(), "hardened-eks-record-"));
  try {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "dist/bin.js"), "my-cluster", "--yes"],
      {
        cwd: folder,
        env: { PATH: process.env.PATH, HOME: process.env.HOME, FORCE_COLOR: "1" },
        encoding: "utf8",
      },
    );
    if (status !== 0) throw new Error(`create exited with ${status}:\n${stderr}`);
    if (stderr.includes("skipped"))
      throw new Error(`the validation was skipped; terraform must be on PATH:\n${stderr}`);
    return stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds differ from run to run; a recording that shows them is never the same twice. */
const withoutTimes = (text) => text.replace(/\s*\d+ ms\b/g, "");

const escapeXml = (text) =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign],
  );

const plain = (text) => Anser.ansiToText(text);

/** Lines of spans; a span longer than the picture is broken where it must be. */
function linesOf(text) {
  const spans = Anser.ansiToJson(text, { use_classes: true, remove_empty: true });
  const lines = [[]];
  let column = 0;
  for (const { content, fg, decorations } of spans)
    content.split("\n").forEach((part, index) => {
      if (index > 0) {
        lines.push([]);
        column = 0;
      }
      let rest = [...part];
      while (rest.length > 0) {
        if (column === COLUMNS) {
          lines.push([]);
          column = 0;
        }
        const piece = rest.slice(0, COLUMNS - column);
        rest = rest.slice(piece.length);
        lines.at(-1).push({ text: piece.join(""), column, fg, decorations });
        column += piece.length;
      }
    });
  while (lines.length > 0 && lines.at(-1).length === 0) lines.pop();
  return lines;
}

/** Words stand at their own columns: a reader's font and XML's white space move nothing. */
function wordsOf({ text, column, fg, decorations }, row) {
  const y = MARGIN.top + (row + 1) * CELL.height;
  const fill = PALETTE[decorations.includes("dim") ? "dim" : fg] ?? PALETTE.text;
  const weight = decorations.includes("bold") ? ' font-weight="bold"' : "";
  return [...text.matchAll(/\S+(?: \S+)*/g)].map(({ 0: shown, index }) => {
    const x = MARGIN.x + (column + index) * CELL.width;
    const length = ([...shown].length * CELL.width).toFixed(1);
    return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}" fill="${fill}"${weight}>${escapeXml(shown)}</text>`;
  });
}

/** A session as a picture that stands alone and can be read aloud. */
export function picture(command, output) {
  const text = `$ ${command}\n${withoutTimes(output)}`;
  const lines = linesOf(text);
  const width = Math.ceil(MARGIN.x * 2 + COLUMNS * CELL.width);
  const height = MARGIN.top + lines.length * CELL.height + MARGIN.bottom;
  const body = lines.flatMap((line, row) => line.flatMap((entry) => wordsOf(entry, row)));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title session">`,
    `<title id="title">Terminal session: ${escapeXml(command)}</title>`,
    `<desc id="session">${escapeXml(plain(text).trimEnd())}</desc>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${PALETTE.background}"/>`,
    ...["#ff5f57", "#febc2e", "#28c840"].map(
      (fill, index) => `<circle cx="${MARGIN.x + 6 + index * 20}" cy="24" r="6" fill="${fill}"/>`,
    ),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace" font-size="14">`,
    ...body,
    "</g>",
    "</svg>",
  ].join("\n")}\n`;
}

/** The README with the table of options between its markers. */
export function withOptions(readme, table) {
  const [before, , after] = readme.split(/(?<=<!-- options:start -->\n)|(?=<!-- options:end -->)/);
  if (after === undefined) throw new Error("README.md has no markers for the options");
  return `${before}\n${table}\n${after}`;
}

function optionsTable() {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "dist/bin.js"), "options", "--markdown"],
    { env: { PATH: process.env.PATH }, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`options exited with ${status}:\n${stderr}`);
  return stdout;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = readFileSync(README, "utf8");
  const wanted = [
    [README, withOptions(readme, optionsTable())],
    [PICTURE, picture(COMMAND, session())],
  ];
  for (const [path, contents] of wanted) {
    if (existsSync(path) && readFileSync(path, "utf8") === contents) continue;
    if (process.argv.includes("--check")) {
      process.stderr.write(`${relative(root, path)} is out of date: npm run record\n`);
      process.exitCode = 1;
    } else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, contents);
    }
  }
}
