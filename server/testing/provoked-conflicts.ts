/** Noes that need something to be there already, one for each route that may say so. For tests. */
import { randomUUID } from 'node:crypto'
import type { TestPerson } from './running-server.ts'
import type { RoleStage } from './role-stage.ts'
import { uploadFile } from './upload.ts'

type Note = (name: string, response: Response) => Promise<void>

const MAX_TOKENS = 50
const MAX_CATEGORIES = 200

export async function provokeConflicts(stage: RoleStage, note: Note): Promise<void> {
  const { owner, channelMember, channelOwner } = stage.people
  const ask = async (
    by: TestPerson,
    name: string,
    { path, body }: { path?: string; body?: unknown } = {},
  ): Promise<void> => {
    const [method = '', template = ''] = name.split(' ')
    await note(name, await by.request(method, `/api${path ?? template}`, body))
  }
  await inDirectory(stage, ask)
  const { channelId, slug } = stage.makeSubject()
  await ask(owner, 'POST /channels', { body: { name: 'Again', slug } })
  const other = stage.makeSubject().channelId
  await ask(owner, 'PATCH /channels/{id}', { path: `/channels/${other}`, body: { slug } })

  const dmId = await stage.startDm()
  for (const [kind, id] of [
    ['channels', channelId],
    ['dm', dmId],
  ] as const) {
    const base = `/${kind}/${id}`
    const messages = `${base}/messages`
    const mine = randomUUIDv7()
    const post = `POST /${kind}/{id}/messages`
    for (const content of ['one', 'another']) {
      await ask(channelMember, post, { path: messages, body: { id: mine, content } })
    }
    const message = `${messages}/${mine}`
    await channelMember.request('DELETE', `/api${message}`)
    const of = `/${kind}/{id}/messages/{messageId}`
    await ask(channelMember, `PATCH ${of}`, { path: message, body: { content: 'late' } })
    const emoji = { path: `${message}/reactions`, body: { emoji: '👍' } }
    await ask(channelMember, `POST ${of}/reactions`, emoji)
    await ask(channelMember, `PUT ${of}/pin`, { path: `${message}/pin` })
    await note(`PATCH ${of}`, await editOther(stage.server.url, channelMember, messages))
  }
  await ask(channelMember, 'DELETE /dm/{id}/participants', { path: `/dm/${dmId}/participants` })

  const messageId = await stage.post(`/channels/${channelId}/messages`)
  await channelOwner.request('DELETE', `/api/channels/${channelId}`)
  const inIt = `/channels/${channelId}/messages/${messageId}`
  const of = '/channels/{id}/messages/{messageId}'
  await ask(channelMember, `DELETE ${of}`, { path: inIt })
  await ask(channelMember, `DELETE ${of}/reactions`, {
    path: `${inIt}/reactions?emoji=%F0%9F%91%8D`,
  })
  await ask(channelMember, `DELETE ${of}/pin`, { path: `${inIt}/pin` })
  const typing = { path: `/channels/${channelId}/typing`, body: {} }
  await ask(channelMember, 'POST /channels/{id}/typing', typing)
  const members = `/channels/${channelId}/members`
  const join = { path: members, body: { userId: owner.userId } }
  await ask(owner, 'POST /channels/{id}/members', join)
  const lastOwner = `${members}/${channelOwner.userId}`
  const member = '/channels/{id}/members/{userId}'
  await ask(owner, `PATCH ${member}`, { path: lastOwner, body: { role: 'MEMBER' } })
  await ask(owner, `DELETE ${member}`, { path: lastOwner })
}

type Ask = (
  by: TestPerson,
  name: string,
  request?: { path?: string; body?: unknown },
) => Promise<void>

/** What is in no conversation. */
async function inDirectory({ people, server }: RoleStage, ask: Ask): Promise<void> {
  const { owner, outsider } = people
  const own = { path: `/users/${owner.userId}` }
  const others = "UPDATE users SET role = 'MEMBER' WHERE role = 'OWNER' AND id <> ?"
  server.sqlite.prepare(others).run(owner.userId)
  await ask(owner, 'POST /users', { body: { email: outsider.email, name: 'Again' } })
  await ask(owner, 'PATCH /users/{id}', { ...own, body: { role: 'MEMBER' } })
  await ask(owner, 'DELETE /users/{id}', own)
  await ask(owner, 'POST /users/{id}/claim-link', { path: `/users/${outsider.userId}/claim-link` })
  const erase = { path: `/users/${owner.userId}/erase`, body: { confirm: owner.email } }
  await ask(owner, 'POST /users/{id}/erase', erase)
  await ask(owner, 'POST /workspace/sample')
  for (let count = 0; count <= MAX_TOKENS; count += 1) {
    await ask(outsider, 'POST /tokens', { body: { name: `bot ${count}` } })
  }
  for (let count = 0; count <= MAX_CATEGORIES; count += 1) {
    await ask(owner, 'POST /channel-categories', { body: { name: `category ${count}` } })
  }
  server.sqlite.prepare('DELETE FROM channel_categories').run()
  const account = server.sqlite
    .prepare<[string], { id: string }>('SELECT id FROM accounts WHERE user_id = ?')
    .get(outsider.userId)
  for (const id of [account?.id, 'x'.repeat(101)]) {
    await ask(outsider, 'DELETE /accounts/{id}', { path: `/accounts/${id}` })
  }
  await ask(owner, 'POST /dm', { body: { participantIds: [randomUUIDv7()] } })
  const large = new FormData()
  large.set('file', new File([new Uint8Array(11 * 1_048_576)], 'large.bin'))
  await ask(owner, 'POST /files', { body: large })
  const file = await uploadFile(owner, 'words')
  const form = new FormData()
  form.set('id', file.id)
  form.set('file', new File(['other words'], 'a.txt'))
  await ask(owner, 'POST /files', { body: form })
  const started = await owner.request('POST', '/api/dm', { participantIds: [outsider.userId] })
  const dm = (await started.json()) as { id: string } // it was answered as described elsewhere
  const body = { content: 'with it', fileIds: [file.id] }
  await owner.request('POST', `/api/dm/${dm.id}/messages`, body)
  await ask(owner, 'DELETE /files/{id}', { path: `/files/${file.id}` })
}

/** Edits a version of a message that it has not. */
async function editOther(url: string, person: TestPerson, messages: string): Promise<Response> {
  const id = randomUUIDv7()
  await person.request('POST', `/api${messages}`, { id, content: 'one' })
  return fetch(`${url}/api${messages}/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', 'if-match': '"7"', cookie: person.cookie },
    body: JSON.stringify({ content: 'two' }),
  })
}

function randomUUIDv7(): string {
  const random = randomUUID()
  return `${random.slice(0, 14)}7${random.slice(15)}`
}
