// Tests of the commands that act: what they do, and what they say of it.
import { expect, test } from 'vitest'
import { openDesk } from './desk.ts'

test('the lines of the first page print a path, nothing, the value and the tree', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'tell clicks increment 3', 'ask clicks value', 'tree')
  expect(desk.out).toEqual(['clicks', '3', 'local  1 actor\n└─ clicks  counter  ● running'])
  expect(desk.notices).toEqual([])
})

test('a spawn without a path, or with "-" before its arguments, is given a name', async () => {
  await using desk = await openDesk()
  expect(await desk.run('spawn counter')).toMatch(/^local\/counter\$\w+$/)
  const path = await desk.run(`spawn account - 'Ada'`)
  expect(path).toMatch(/^local\/account\$\w+$/)
  expect(await desk.run(`state ${path} --path owner`)).toBe(`'Ada'`)
})

test('the options of a spawn reach its supervisor', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter steady --restart permanent --shutdown 200ms')
  const [answer] = await desk.answers('info steady')
  expect(answer?.data).toMatchObject({ restart: 'permanent', shutdownMs: 200 })
})

test('a payload is the rest of the line, whatever it holds, and options may stand on either side', async () => {
  await using desk = await openDesk()
  await desk.run('spawn keeper box', `tell box keep {x: 1, y: [2, 'a "b" --c'], z: .5,}`)
  expect(await desk.run('ask box kept')).toBe(`{ x: 1, y: [2, 'a "b" --c'], z: 0.5 }`)
  await desk.run('tell box keep -Infinity')
  expect(await desk.run('ask --timeout 1s box kept')).toBe('-Infinity')
  await desk.run('tell box keep')
  expect(await desk.run('ask box kept --timeout=1s')).toBe('undefined')
})

test('a reply that JSON does not know is shown all the same', async () => {
  await using desk = await openDesk()
  await desk.run('spawn keeper box')
  expect(await desk.run('ask box own')).toBe('<ref box>')
  expect(await desk.run('ask box fault')).toBe('<fault kept-badly>')
  expect(await desk.run('ask box nothing')).toBe('undefined')
  expect((await desk.answers('ask box own'))[0]?.data).toMatchObject({ reply: { $ref: 'box' } })
})

test('a crash is healed, and the console can tell why', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'tell clicks increment 3', 'tell clicks crash')
  expect(await desk.run('ask clicks value')).toBe('0')
  expect(await desk.run('tree')).toContain('clicks  counter  ● running, 1 restart, 1 dead')
  const why = await desk.run('why clicks')
  expect(why).toContain('it threw Error: the counter was told to crash')
  expect(why).toMatch(/at .*counter\.ts:\d+:\d+/)
  expect(why).toContain('1 of 3 restarts spent within 5s, 2 left')
  expect(why).toMatch(/restarted\s+clicks/)
})

test('a dead letter is replayed by its number, and by "all" only to whoever lives', async () => {
  await using desk = await openDesk()
  await desk.run(
    'spawn keeper box',
    'suspend box',
    'tell box keep 1',
    'tell box keep 2',
    'kill box --for-good',
  )
  expect(desk.node.audit().dead).toBe(2)
  expect(await desk.run('dead --replay all')).toContain('2 dead letters')
  await desk.run('spawn keeper box', 'dead --replay 2')
  expect(await desk.run('ask box kept')).toBe('2')
  expect(await desk.run('dead box --replay all')).toBe('1 sent again')
  expect(await desk.run('ask box kept')).toBe('1')
})

test('a stop waits for the end, tells how it ended, and nobody starts the actor again', async () => {
  await using desk = await openDesk()
  await desk.run('spawn family root --restart permanent')
  expect(await desk.run('stop root')).toBe('✔ stopped')
  expect(await desk.run('tree')).toBe('local  0 actors')
})

test('a kill leaves the restart to the supervisor, --for-good does not', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks', 'tell clicks increment 3')
  expect(await desk.run('kill clicks')).toBe('● running, 1 restart')
  expect(await desk.run('ask clicks value')).toBe('0')
  expect(await desk.run('kill clicks --for-good')).toBe('○ ended, 1 restart')
  expect(await desk.run('why clicks')).toContain('✖ killed')
})

test('a restart gives fresh state and keeps the mail', async () => {
  await using desk = await openDesk()
  await desk.run(
    'spawn counter clicks',
    'tell clicks increment 3',
    'suspend clicks',
    'tell clicks increment 4',
  )
  expect(await desk.run('restart clicks')).toBe('‖ suspended, 1 restart')
  await desk.run('resume clicks')
  expect(await desk.run('ask clicks value')).toBe('4')
})

test('a restart by hand does not wait for a backoff, and the old deadline starts nothing', async () => {
  await using desk = await openDesk()
  await desk.run('spawn shaky s', 'tell s crash')
  expect(await desk.run('tree')).toContain('✖ failed, starts in 10s')
  expect(await desk.run('restart s')).toBe('● running, 1 restart')
  await desk.run('tell s crash')
  // The first backoff would end now; the second, of 20 s, must not be cut short by it.
  await desk.node.advance(10_000)
  expect(await desk.run('tree')).toMatch(/✖ failed, starts in 10s/)
  await desk.node.advance(10_000)
  expect(await desk.run('tree')).toContain('● running, 2 restarts')
})

test('suspended mail waits and is handled after the resume', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  expect(await desk.run('suspend clicks')).toBe('‖ suspended')
  expect(await desk.run('suspend clicks')).toBe('‖ suspended, as before')
  await desk.run('tell clicks increment')
  expect(await desk.run('mailbox clicks')).toContain('1 of 100000 messages wait')
  expect(await desk.run('resume clicks')).toBe('● running, 1 waiting')
  expect(await desk.run('ask clicks value')).toBe('1')
})

test('a watch ends with the actor and says how, however often it was restarted before', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  const watching = desk.console.execute('watch clicks')
  await desk.node.settle()
  desk.node.find('clicks')?.tell('crash')
  await desk.node.settle()
  expect(desk.out).toEqual(['clicks'])
  desk.node.find('clicks')?.stop()
  await desk.node.settle()
  await watching
  expect(desk.out.at(-1)).toBe('✔ stopped')
})
