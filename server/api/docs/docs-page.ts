/** A readable page of the API, made from the OpenAPI document alone: no script, nothing from outside. */
import { html, raw } from 'hono/html'
import { errorCodes } from '../../../shared/errors.ts'
import { problems } from '../error-response.ts'
import { documentSchema, type Operation, type Parameter, type Shape } from './described-document.ts'
import { pageStyle } from './docs-style.ts'
import { listFields, typeOf, type Field } from './list-fields.ts'

const methods = ['get', 'post', 'put', 'patch', 'delete']

interface Entry {
  method: string
  path: string
  operation: Operation
}

export function docsPage(openApiDocument: unknown) {
  const { info, tags, paths, components } = documentSchema.parse(openApiDocument)
  const entries = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method): Entry[] => {
      const operation = item[method]
      return operation === undefined ? [] : [{ method, path, operation }]
    }),
  )
  const ofSubject = (name: string) => entries.filter(({ operation }) => operation.tags[0] === name)
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title} API</title>
        <style>
          ${raw(pageStyle)}
        </style>
      </head>
      <body>
        <header>
          <h1>${info.title} API ${info.version}</h1>
          <p>
            All paths begin with <code>/api</code>; bodies are JSON. Sign in with the session
            cookie, or send a personal access token as <code>Authorization: Bearer</code>. Times are
            milliseconds UTC, ids are UUIDs. Errors are problem details (RFC 9457) with a stable
            <a href="#errors"><code>code</code></a
            >. The whole contract, for programs: <a href="/api/openapi.json">openapi.json</a>.
          </p>
        </header>
        <nav aria-label="Contents">
          <ul>
            ${tags.map(({ name }) => html`<li><a href="#${anchorOf(name)}">${name}</a></li>`)}
            <li><a href="#records">Records</a></li>
            <li><a href="#errors">Errors</a></li>
          </ul>
        </nav>
        <main>
          ${tags.map(
            ({ name }) => html`
              <section aria-labelledby="${anchorOf(name)}">
                <h2 id="${anchorOf(name)}">${name}</h2>
                ${ofSubject(name).map(operationArticle)}
              </section>
            `,
          )}
          <section aria-labelledby="records">
            <h2 id="records">Records</h2>
            ${Object.entries(components.schemas).map(
              ([name, shape]) => html`
                <article id="${recordAnchorOf(name)}">
                  <h3>${name}</h3>
                  ${fieldTable(`Fields of ${name}`, listFields(shape))}
                </article>
              `,
            )}
          </section>
          <section aria-labelledby="errors">
            <h2 id="errors">Errors</h2>
            ${errorTable()}
          </section>
        </main>
      </body>
    </html>`
}

function operationArticle({ method, path, operation }: Entry) {
  const { operationId, summary, parameters, requestBody, responses, security } = operation
  const [body] = Object.entries(requestBody?.content ?? {})
  const statuses = Object.entries(responses)
  const errors = statuses.filter(([status]) => Number(status) >= 400)
  return html`
    <article id="${operationId}">
      <h3>
        <a href="#${operationId}"><code>${method.toUpperCase()} ${path}</code></a>
      </h3>
      <p>${summary}.${security.length === 0 ? ' No sign-in needed.' : ''}</p>
      ${
        parameters.length === 0
          ? ''
          : fieldTable(`Parameters of ${method} ${path}`, parameters.map(parameterField))
      }
      ${
        body === undefined
          ? ''
          : html`<h4>Body, as ${body[0]}</h4>
              ${fieldTable(`Body of ${method} ${path}`, listFields(body[1].schema))}`
      }
      <h4>Answers</h4>
      ${statuses
        .filter(([status]) => Number(status) < 400)
        .map(([status, { description, content }]) => successAnswer(status, description, content))}
      ${
        errors.length === 0
          ? ''
          : html`<details>
              <summary>Errors: ${errors.map(([status]) => status).join(', ')}</summary>
              <ul>
                ${errors.map(([status, { description }]) => html`<li>${status}: ${description}</li>`)}
              </ul>
            </details>`
      }
    </article>
  `
}

function successAnswer(
  status: string,
  description: string,
  content: Record<string, { schema: Shape }> | undefined,
) {
  const shape = content?.['application/json']?.schema
  return html`
    <p>${status}: ${description}</p>
    ${shape === undefined ? '' : fieldTable(`Answer ${status}`, listFields(shape))}
  `
}

function parameterField(parameter: Parameter): Field {
  const { name, required, schema, description = schema.description ?? '' } = parameter
  const place = parameter.in === 'query' ? `?${name}=` : `${name} (${parameter.in})`
  return { name: place, isRequired: required, type: typeOf(schema), description }
}

function fieldTable(label: string, fields: Field[]) {
  const rows = fields.map(
    ({ name, isRequired, type, description }) => html`
      <tr>
        <td><code>${name}</code>${isRequired ? '' : html` <small>optional</small>`}</td>
        <td>${linkedType(type)}</td>
        <td>${withCode(description)}</td>
      </tr>
    `,
  )
  return table(label, ['Name', 'Type', 'Meaning'], rows)
}

/** Wider than a phone, it scrolls by itself, also by the keyboard. */
function table(label: string, heads: string[], rows: ReturnType<typeof html>[]) {
  return html`
    <div class="table" role="region" aria-label="${label}" tabindex="0">
      <table>
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  `
}

/** What stands between backticks is code. */
function withCode(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))
}

/** Names of records, which alone begin with a capital letter, lead to them. */
function linkedType(type: string) {
  const [, before = '', name] = /^(list of )?([A-Z][A-Za-z]+)$/.exec(type) ?? []
  if (name === undefined || name.startsWith('UUID')) return type
  return html`${before}<a href="#${recordAnchorOf(name)}">${name}</a>`
}

function errorTable() {
  const rows = errorCodes.map(
    (code) => html`
      <tr id="${code}">
        <td><code>${code}</code></td>
        <td>${problems[code].status}</td>
        <td>${problems[code].title}</td>
      </tr>
    `,
  )
  return table('Errors', ['code', 'Status', 'Meaning'], rows)
}

function anchorOf(subject: string): string {
  return subject.toLowerCase().replaceAll(' ', '-')
}

function recordAnchorOf(name: string): string {
  return `record-${name}`
}
