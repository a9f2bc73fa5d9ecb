// The reference of commands in docs/console.md: it is what the command table says.
import { expect, test } from 'vitest'
import { reference } from '../../../node/console/help-page.ts'
import { commands } from '../../../node/console/table.ts'
import { exitCodes } from '../../../node/console/outcome.ts'
import { readText } from '../../tidy/tree.ts'

const page = readText('docs/console.md')

test('docs/console.md ends with the reference that is made from the command table', () => {
  const [, made] = page.split(/^<!-- commands.*-->$/m)
  expect(made?.trim()).toBe(reference(commands))
})

test('docs/console.md says of each exit code what help says', () => {
  for (const [code, meaning] of exitCodes) {
    expect(page).toMatch(new RegExp(`^\\| ${code} \\| ${RegExp.escape(meaning)}`, 'm'))
  }
})
