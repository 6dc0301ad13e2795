/** Does in one tab what was asked for in another: the schema of calls ties names to arguments. */
import type { ConversationHandle } from '../engine-interface.ts'
import type { ViewCall, WriteCall } from './tab-messages.ts'

export function callHandle(
  handle: ConversationHandle,
  [name, ...args]: ViewCall | WriteCall,
): void {
  Reflect.apply(handle[name], undefined, args)
}
