// Tests of scripts: files of lines, run in order up to the first that fails.
import { expect, test } from 'vitest'
import { scriptDepthMax } from '../../../node/console/console.ts'
import { scriptBytesMax } from '../../../node/console/run.ts'
import { openDesk } from './desk.ts'

test('a script runs its lines in order; comments, empty lines and Windows ends of line do not count', async () => {
  await using desk = await openDesk()
  desk.disk.files.set(
    'demo',
    '# a demo\r\nspawn counter clicks\r\n\r\n  # more\r\ntell clicks increment 3\r\nask clicks value',
  )
  expect(await desk.console.execute('run demo')).toEqual({ code: 0 })
  expect(desk.out).toEqual(['clicks', '3'])
})

test('a script stops at the first line that fails and names file and line', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('demo', 'spawn counter clicks\n\nask clicks valve\nask clicks value')
  const { code, fault } = await desk.console.execute('run demo')
  expect(code).toBe(1)
  expect(fault).toMatchObject({
    code: 'message-unknown',
    message: expect.stringMatching(/^demo:3: Cannot send "valve"/),
    hint: expect.stringContaining('value'),
  })
  expect(desk.out).toEqual(['clicks'])
  expect(desk.notices).toHaveLength(1)
})

test('the exit code of a script is that of the line that failed', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('inner', 'ls --limt')
  desk.disk.files.set('outer', 'ls\nrun inner')
  const { code, fault } = await desk.console.execute('run outer')
  expect(code).toBe(2)
  expect(fault?.message).toMatch(/^outer:2: inner:1: Cannot run "ls"/)
})

test('an answer that is no stops a script', async () => {
  await using desk = await openDesk()
  await desk.run('spawn counter clicks')
  const cell = desk.node.runtime.cellAt('clicks')
  if (cell === undefined) throw new Error('clicks lives')
  cell.accepted++
  desk.disk.files.set('demo', 'audit\ntree')
  expect(await desk.console.execute('run demo')).toMatchObject({
    code: 1,
    fault: { code: 'answer-no', message: expect.stringContaining('demo:1') },
  })
  expect(desk.out).toHaveLength(2)
  cell.accepted--
})

test('scripts that run each other in a circle are stopped', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('a', 'run b')
  desk.disk.files.set('b', 'run a')
  const { fault } = await desk.console.execute('run a')
  expect(fault).toMatchObject({
    code: 'script-too-deep',
    message: expect.stringContaining(`${scriptDepthMax} scripts`),
  })
  expect(await desk.console.execute('ls')).toEqual({ code: 0 })
})

test('a script that is too big is not read', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('big', '#'.repeat(scriptBytesMax + 1))
  expect((await desk.fail('run big')).fault?.code).toBe('file-unreadable')
})

test('a cancelled script runs no further line', async () => {
  await using desk = await openDesk()
  await desk.run('spawn sleeper bed')
  desk.disk.files.set('demo', 'ask bed forever\ntree')
  const { ended } = await desk.begin('run demo')
  desk.console.cancel()
  expect(await ended).toMatchObject({ code: 130 })
  expect(desk.out).toEqual(['bed'])
  await desk.run('kill bed')
})

test('exit in a script ends the script and the console', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('demo', 'exit\ntree')
  expect(await desk.console.execute('run demo')).toEqual({ code: 0 })
  expect(desk.console.isLeaving).toBe(true)
  expect(desk.out).toEqual([])
})

test('the lines of a script answer as the line that runs it, or as they say themselves', async () => {
  await using desk = await openDesk()
  desk.disk.files.set('demo', 'spawn counter clicks --json\nask clicks value')
  await desk.run('run demo')
  expect(desk.out).toEqual([expect.stringContaining('"command":"spawn"'), '0'])
  desk.disk.files.set('demo', 'ask clicks value\ntree')
  await desk.run('run demo --json')
  expect(desk.out.slice(2).map((text) => (JSON.parse(text) as { command: string }).command)).toEqual([
    'ask',
    'tree',
    'run',
  ])
})
