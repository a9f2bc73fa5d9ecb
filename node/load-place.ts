// The place of a failed load: the file and line where a module does not parse, or threw.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** How long Node.js may take to check a file, in milliseconds. */
const checkMsMax = 10_000

/** A line of a file. */
export interface LoadPlace {
  readonly file: string
  readonly line: number
}

/**
 * Finds where a load failed: in the file itself, else in the first file of the stack that is not this package's own; undefined where the
 * stack names none.
 */
export async function placeOf(error: unknown, url: string): Promise<LoadPlace | undefined> {
  const stack = Error.isError(error) ? (error.stack ?? '') : ''
  const place = placeIn(stack, fileURLToPath(url))
  if (place !== undefined || !(error instanceof SyntaxError)) return place
  return placeIn(await checkOutput(url), fileURLToPath(url))
}

const places = /(file:\/\/[^\s()?]+?|(?<![\w:/])\/[^\s()?]+?)(?:\?[^\s():]*)?:(\d+)/g
const ownFloors = ['runtime', 'supervisors', 'node'].map((floor) =>
  fileURLToPath(new URL(`../${floor}/`, import.meta.url)),
)

function placeIn(text: string, wanted: string): LoadPlace | undefined {
  const found = [...text.matchAll(places)].map(([, file = '', line]) => ({
    file: file.startsWith('file:') ? fileURLToPath(file) : file,
    line: Number(line),
  }))
  return (
    found.find(({ file }) => file === wanted) ??
    found.find(({ file }) => !ownFloors.some((floor) => file.startsWith(floor)))
  )
}

/** The loader does not tell where JavaScript fails to parse; `node --check` does, and runs nothing. */
function checkOutput(url: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--check', fileURLToPath(url)],
      { timeout: checkMsMax },
      (_error, _stdout, stderr) => resolve(stderr),
    )
  })
}
