// Tests of the terminal: prompt, keys, completion, history and the two ways out.
import { expect, test } from 'vitest'
import { MemoryDisk } from '../memory-disk.ts'
import { historyFile, openTty, readable } from './tty.ts'

test('a banner shows three lines to try, which do what they promise, and the prompt names the node', async () => {
  const tty = await openTty({ input: { name: 'amsterdam' } })
  const first = readable(tty.stdout.text)
  expect(first).toMatch(
    /^Troupe \S+, node amsterdam; it knows account, counter, .*\. Try:\n {2}spawn counter clicks\n/,
  )
  const tries = first
    .split('\n')
    .filter((line) => line.startsWith('  '))
    .map((line) => line.trim())
  expect(tries).toHaveLength(3)
  for (const line of tries) await tty.type(`${line}{Enter}`)
  expect(readable(tty.stdout.text)).toMatch(/\nclicks\n[\s\S]*\n3\namsterdam> $/)
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('Tab completes commands, definitions, live paths and messages', async () => {
  const tty = await openTty()
  await tty.type('spa{Tab}cou{Tab}clicks{Enter}')
  await tty.type('te{Tab}cli{Tab}inc{Tab}3{Enter}')
  expect(await tty.say('as{Tab}cl{Tab}va{Tab}{Enter}')).toMatch(/\n3\nlocal> $/)
  expect(await tty.say('tell clicks {Tab}{Tab}')).toMatch(/crash +increment +value/)
  await tty.type('{Ctrl-C}{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('the history goes back with the arrow, also to lines of an earlier console, and keeps the new ones', async () => {
  const disk = new MemoryDisk({ [historyFile]: 'spawn counter old\n' })
  const tty = await openTty({ disk })
  expect(await tty.say('{Up}{Enter}')).toMatch(/\nold\n/)
  await tty.type(' info old{Enter}{Ctrl-D}')
  expect(await tty.ended).toBe(0)
  expect(disk.files.get(historyFile)).toBe('spawn counter old\nspawn counter old\n')
})

test('a disk that cannot keep the history is no reason to fail', async () => {
  const disk = new MemoryDisk()
  disk.isFull = true
  const tty = await openTty({ disk })
  expect(await tty.say('tree{Enter}')).toContain('local  0 actors')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('Ctrl-C cancels the command that runs, and the prompt comes back', async () => {
  const tty = await openTty()
  await tty.type('spawn sleeper bed{Enter}ask bed forever{Enter}')
  expect(readable(tty.stdout.text)).toMatch(/ask bed forever\n$/)
  expect(await tty.say('{Ctrl-C}')).toMatch(/cancelled\nlocal> $/)
  await tty.clock.advance(3_000)
  await tty.type('kill bed{Enter}{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('Ctrl-C at the prompt drops the line; twice within two seconds it leaves with 130', async () => {
  const tty = await openTty()
  expect(await tty.say('half a li{Ctrl-C}')).toContain('Ctrl-C again leaves.')
  expect(await tty.say('tree{Enter}')).toContain('0 actors')
  await tty.clock.advance(2_001)
  await tty.type('{Ctrl-C}')
  expect(await tty.say('tree{Enter}')).toContain('0 actors')
  await tty.clock.advance(1_999)
  await tty.type('{Ctrl-C}')
  expect(await tty.ended).toBe(130)
  expect(tty.stdin.isRaw).toBe(false)
})

test('Ctrl-C at the prompt ends the streams beside it and drops the line, too', async () => {
  const tty = await openTty()
  await tty.type('tail &{Enter}half a li')
  expect(await tty.say('{Ctrl-C}')).toContain('tail has ended')
  expect(await tty.say('tree{Enter}')).toContain('0 actors')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('exit leaves with 0, and actors end with their last word', async () => {
  const tty = await openTty()
  await tty.type('spawn family f{Enter}exit{Enter}')
  expect(await tty.ended).toBe(0)
})

test('several lines that are pasted run in their order', async () => {
  const tty = await openTty()
  tty.stdin.write('spawn counter clicks\rtell clicks increment 3\rask clicks value\r')
  await tty.clock.settle()
  await tty.clock.settle()
  expect(readable(tty.stdout.text)).toMatch(/\n3\nlocal> $/)
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('what fails and heals while nobody asks is told above the line that is typed', async () => {
  const tty = await openTty()
  await tty.type('spawn shaky s{Enter}tell s crash{Enter}')
  expect(readable(tty.stdout.text)).toMatch(/✖ s failed: handler-failed: .*shaken\n/)
  await tty.type('tr')
  const from = tty.stdout.text.length
  await tty.clock.advance(11_000)
  expect(readable(tty.stdout.text.slice(from))).toMatch(/✔ s restarted: 1 restart so far\nlocal> tr$/)
  expect(await tty.say('ee{Enter}')).toContain('s  shaky  ● running, 1 restart')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('a storm of failures is told in a few lines', async () => {
  const tty = await openTty()
  await tty.type('spawn villain v{Enter}')
  const from = tty.stdout.text.length
  await tty.type('tell v throwText{Enter}'.repeat(4))
  await tty.clock.advance(1_000)
  const told = readable(tty.stdout.text.slice(from))
    .split('\n')
    .filter((line) => /^[✖✔]/.test(line))
  expect(told.length).toBeLessThan(12)
  expect(told.join('')).not.toMatch(/[\p{C}]/u)
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('top takes the screen, hides what is typed, and gives all back', async () => {
  const tty = await openTty()
  await tty.type('spawn counter clicks{Enter}top{Enter}')
  await tty.clock.advance(1_000)
  expect(tty.stdout.text).toContain('\u001B[?1049h')
  const from = tty.stdout.text.length
  await tty.type('abc')
  expect(tty.stdout.text.slice(from)).toBe('')
  await tty.type('q')
  expect(tty.stdout.text.slice(from)).toContain('\u001B[?1049l')
  expect(readable(tty.stdout.text.slice(from))).toMatch(/^local> $/)
  expect(await tty.say('tree{Enter}')).toContain('1 actor')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('top shows no more lines than the terminal has, and follows its width', async () => {
  const tty = await openTty()
  tty.stdout.rows = 6
  await tty.type('spawn family f 20{Enter}')
  tty.stdout.columns = 30
  tty.stdout.emit('resize')
  await tty.type('top{Enter}')
  const from = tty.stdout.text.length
  await tty.clock.advance(1_000)
  const lines = readable(tty.stdout.text.slice(from)).split('\n')
  expect(lines).toHaveLength(6)
  for (const line of lines.slice(2)) expect(line.length).toBeLessThanOrEqual(30)
  await tty.type('q{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('on a dumb terminal nothing moves the cursor or has a colour', async () => {
  const tty = await openTty({ env: { TERM: 'dumb' }, input: { noColor: false } })
  await tty.type('spawn counter clicks{Enter}')
  const from = tty.stdout.text.length
  await tty.type('top{Enter}')
  await tty.clock.advance(1_000)
  expect(tty.stdout.text.slice(from)).toContain('clicks')
  expect(tty.stdout.text.slice(from)).not.toContain('\u001B[?1049h')
  expect(tty.stdout.text.slice(from)).not.toContain('\u001B[3')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('code that fails where nobody waits is told, counted, and told ever more rarely', async () => {
  const tty = await openTty()
  for (let n = 1; n <= 20; n++) tty.session.uncaught(new Error(`stray ${n}`))
  const told = [...readable(tty.stdout.text).matchAll(/uncaught: Error: stray (\d+)/g)].map(([, n]) =>
    Number(n),
  )
  expect(told).toEqual([1, 2, 3, 4, 5, 8, 16])
  expect(readable(tty.stdout.text)).toMatch(/at .*terminal\.test\.ts:\d+:\d+/)
  expect(await tty.say('tree{Enter}')).toContain('0 actors')
  await tty.type('{Ctrl-D}')
  expect(await tty.ended).toBe(0)
})

test('a signal ends the session kindly with 130', async () => {
  const tty = await openTty()
  await tty.type('spawn family f{Enter}')
  tty.session.interrupt()
  expect(await tty.ended).toBe(130)
})
