// Tests of the pipe: lines without a terminal, plain answers, and the exit code at their end.
import { expect, test } from 'vitest'
import { Tty } from './tty.ts'

async function piped(
  text: string,
  options: ConstructorParameters<typeof Tty>[0] = {},
): Promise<{ code: number; out: string; err: string }> {
  const tty = new Tty({ ...options, isTerminal: false })
  tty.stdin.end(text)
  const code = await tty.ended
  return { code, out: tty.stdout.text, err: tty.stderr.text }
}

test('answers go to one stream, faults to the other, and neither has a prompt, a banner or a colour', async () => {
  const { code, out, err } = await piped(
    'spawn counter clicks\ntell clicks increment 3\nask clicks valu\nask clicks value\ntree',
    { input: { noColor: false } },
  )
  expect(out).toBe('clicks\n3\nlocal  1 actor\n└─ clicks  counter  ● running\n')
  expect(err).toMatch(/^message-unknown: .*\n→ Did you mean "value"\?.*\n$/)
  expect(code).toBe(1)
})

test('the exit code is that of the first line that failed, and the others run all the same', async () => {
  expect(await piped('ls --limt\ninfo nobody\nspawn counter c')).toMatchObject({ code: 2, out: 'c\n' })
  expect(await piped('info nobody\nls --limt\nspawn counter c')).toMatchObject({ code: 1, out: 'c\n' })
  expect(await piped('# nothing\n\n')).toEqual({ code: 0, out: '', err: '' })
  expect(await piped('')).toEqual({ code: 0, out: '', err: '' })
})

test('exit ends the lines', async () => {
  expect(await piped('spawn counter c\nexit\nspawn counter d\n')).toMatchObject({ code: 0, out: 'c\n' })
})

test('lines of the command line run instead of the input, and the first that fails decides', async () => {
  const { code, out, err } = await piped('spawn counter never', {
    input: { exec: ['spawn counter c', 'info d', 'ask c value'] },
  })
  expect({ code, out }).toEqual({ code: 1, out: 'c\n0\n' })
  expect(err).toContain('actor-unknown')
})

test('a file that cannot be loaded keeps the session from beginning', async () => {
  const tty = new Tty({ isTerminal: false, input: { load: ['/nowhere/at/all.ts'] } })
  await expect(tty.ended).rejects.toMatchObject({ code: 'file-unloadable' })
})

test('a node whose name is no name is not started', () => {
  expect(() => new Tty({ isTerminal: false, input: { name: 'a/b' } })).toThrow(
    expect.objectContaining({ code: 'name-invalid' }),
  )
})

test('FORCE_COLOR colours also a pipe, NO_COLOR wins over it, and --color over both', async () => {
  const colored = async (env: Record<string, string>, color = false): Promise<boolean> => {
    const { out } = await piped('tree', { env, input: { noColor: false, color } })
    return out.includes('\u001B[')
  }
  expect(await colored({ FORCE_COLOR: '1' })).toBe(true)
  expect(await colored({ FORCE_COLOR: '0' })).toBe(false)
  expect(await colored({ FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false)
  expect(await colored({ NO_COLOR: '' })).toBe(false)
  expect(await colored({ NO_COLOR: '1' }, true)).toBe(true)
})
