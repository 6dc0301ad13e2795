/**
 * What the server counts, for Prometheus. Labels hold what the program itself names (codes, routes,
 * kinds), never what somebody sends: each new value is a series for ever.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ErrorCode } from '../../shared/errors.ts'

/** What is looked up whenever somebody asks. */
export interface Gauges {
  sockets: Readonly<Record<'sync' | 'yjs', number>>
  openDocuments: number
  /** Changes that are on disk but not in the tables, and documents whose projection has failed. */
  projection: { waiting: number; stalled: number }
}

export interface AnsweredRequest {
  method: string
  /** The pattern of the route, never the path. */
  route: string
  status: number
  seconds: number
}

export interface Metrics {
  noteCommit: (updates: number, seconds: number) => void
  noteRefusal: (code: ErrorCode) => void
  noteRequest: (request: AnsweredRequest) => void
  /** From now on these are told as well. */
  watch: (read: () => Gauges) => void
  format: () => Promise<{ contentType: string; text: string }>
}

const COMMIT_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1]
const BATCH_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500]
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** Counts from zero. */
export function createMetrics(): Metrics {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const commitSeconds = new Histogram({
    name: 'connectnow_commit_seconds',
    help: 'How long a batch took to be written to the journal, on disk',
    buckets: COMMIT_SECONDS,
    registers,
  })
  const batchSize = new Histogram({
    name: 'connectnow_commit_updates',
    help: 'How many updates one batch held',
    buckets: BATCH_SIZES,
    registers,
  })
  const refusals = new Counter({
    name: 'connectnow_refusals_total',
    help: 'Documents and updates that were refused over WebSockets, by code',
    labelNames: ['code'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'connectnow_http_request_seconds',
    help: 'How long a request took until its answer began, by route and status',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  })

  return {
    noteCommit(updates, seconds) {
      batchSize.observe(updates)
      commitSeconds.observe(seconds)
    },
    noteRefusal: (code) => refusals.inc({ code }),
    noteRequest({ method, route, status, seconds }) {
      requestSeconds.observe({ method, route, status }, seconds)
    },
    watch: (read) => addGauges(register, read),
    async format() {
      return { contentType: register.contentType, text: await register.metrics() }
    },
  }
}

function addGauges(register: Registry, read: () => Gauges): void {
  const registers = [register]
  const sockets = new Gauge({
    name: 'connectnow_sockets',
    help: 'Open WebSockets, by what is spoken on them',
    labelNames: ['protocol'],
    registers,
    collect() {
      for (const [protocol, count] of Object.entries(read().sockets)) {
        sockets.set({ protocol }, count)
      }
    },
  })
  const simple: [name: string, help: string, value: (gauges: Gauges) => number][] = [
    ['open_documents', 'Documents in memory', ({ openDocuments }) => openDocuments],
    [
      'projection_waiting',
      'Changes that are on disk but not in the tables yet',
      ({ projection }) => projection.waiting,
    ],
    [
      'projection_stalled',
      'Documents whose changes could not be put into the tables',
      ({ projection }) => projection.stalled,
    ],
  ]
  for (const [name, help, value] of simple) {
    const gauge: Gauge = new Gauge({
      name: `connectnow_${name}`,
      help,
      registers,
      collect: () => gauge.set(value(read())),
    })
  }
}
