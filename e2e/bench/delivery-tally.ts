/**
 * Who has received what, and how long it took. Each text carries its number, its sender and the
 * moment at which it was due, so that a sender who falls behind does not hide the wait. Pure.
 */

export interface DeliveryTally {
  /** The text that is sent as this message; `dueAt` and all other times are in ms of one clock. */
  label: (message: { number: number; sender: number; dueAt: number; text: string }) => string
  /** A text appeared on the screen of a receiver. Its own messages do not count. */
  note: (receiver: number, labelled: string, at: number) => void
  /** Every message is with every receiver but its sender. */
  isComplete: () => boolean
  deliveries: () => number
  duplicates: () => number
  /** In the order of arrival, ms. */
  latencies: () => Float64Array
}

export interface TallyOptions {
  /** Texts of other runs are left alone. */
  run: number
  /** The clients that are watched. */
  receivers: readonly number[]
  /** The sender of each message, by its number. */
  senders: readonly number[]
}

export function createDeliveryTally({ run, receivers, senders }: TallyOptions): DeliveryTally {
  const received = new Map(receivers.map((each) => [each, new Uint8Array(senders.length)]))
  const own = senders.filter((sender) => received.has(sender)).length
  const expected = senders.length * receivers.length - own
  const latencies = new Float64Array(expected)
  let deliveries = 0
  let duplicates = 0
  return {
    label: ({ number, sender, dueAt, text }) => `${run}:${number}:${sender}:${dueAt}: ${text}`,
    note(receiver, labelled, at) {
      const [ofRun, number, sender, dueAt] = labelled.split(':', 4).map(Number)
      if (ofRun !== run || number === undefined || sender === receiver) return
      const mine = received.get(receiver)
      if (mine === undefined || dueAt === undefined) return
      if (mine[number] === 1) {
        duplicates += 1
        return
      }
      mine[number] = 1
      latencies[deliveries] = at - dueAt
      deliveries += 1
    },
    isComplete: () => deliveries === expected,
    deliveries: () => deliveries,
    duplicates: () => duplicates,
    latencies: () => latencies.slice(0, deliveries),
  }
}
