// A process that takes the lock of a folder, says so, and lives until it is killed or its input ends.
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { Fault } from '../../runtime/fault.ts'

const [folder = ''] = process.argv.slice(2)

try {
  await new SystemDurableDisk().lock(folder)
  console.log('locked')
} catch (error) {
  console.log(Fault.is(error) ? error.code : String(error))
}
process.stdin.resume()
