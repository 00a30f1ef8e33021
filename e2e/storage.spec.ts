import type { Page } from '@playwright/test'
import { chatOn } from './fixtures/chat.ts'
import { answer } from './fixtures/chatStates.ts'
import { gotoOwnPage, openEmbed } from './fixtures/embed.ts'
import { type Site, startSite } from './fixtures/startSite.ts'
import { expect, test } from './fixtures/test.ts'

let site: Site

test.beforeAll(async () => {
  site = await startSite({ apiKey: 'sk-canary-storage-2b9e', grounding: 'off' })
})
test.afterAll(() => site.close())
test.describe.configure({ mode: 'default' })

/** Everything of ours that the console warns of. */
function warningsOn(page: Page): string[] {
  const warnings: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'warning' && message.text().startsWith('Parlance')) {
      warnings.push(message.text())
    }
  })
  return warnings
}

async function goto(page: Page): Promise<void> {
  await page.goto(`${site.url}/hosts/clean.html`)
  await openEmbed(page)
}

/** Asks, and reads the answer; then once more, so that a chat that broke with the first turn is found out. */
async function talk(page: Page): Promise<void> {
  const chat = chatOn(page)
  for (const question of ['First?', 'Second?']) {
    site.provider.reply(answer)
    await chat.ask(question)
    await expect(chat.log.getByText(question, { exact: true })).toBeVisible()
    await expect(chat.send).toBeVisible()
  }
  await expect(chat.log.getByRole('heading', { name: 'A heading' })).toHaveCount(2)
}

/** What is done to the chat's database before the next visit. */
type Damage = (database: { readonly name: string; readonly id: string }) => Promise<void>

/** A visit that leaves a conversation behind, then something that happens to its database, then a page to come back to. */
async function comeBackAfter(page: Page, damage: Damage): Promise<string[]> {
  await goto(page)
  await talk(page)
  await expect.poll(() => databaseOf(page)).toMatchObject({ messages: 4 })
  const database = await databaseOf(page)
  // From a page without the chat: an open connection would be in the way.
  await gotoOwnPage(page, site, {})
  await page.evaluate(damage, database)
  const warnings = warningsOn(page)
  await goto(page)
  return warnings
}

/** The one database of the chat, and how many messages of its conversation are kept. */
function databaseOf(page: Page): Promise<{ name: string; id: string; messages: number }> {
  return page.evaluate(async () => {
    const [found] = await indexedDB.databases()
    const name = found?.name ?? ''
    if (name === '') return { name, id: '', messages: 0 }
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const rows = database.transaction('kept').objectStore('kept')
    const [id, keys] = await Promise.all(
      [rows.get(['note', 'current']), rows.getAllKeys()].map(
        (request) =>
          new Promise<unknown>((resolve) => {
            request.onsuccess = () => resolve(request.result)
          }),
      ),
    )
    database.close()
    const messages = (keys as string[][]).filter(([kind]) => kind === 'message').length
    return { name, id: String(id), messages }
  })
}

test.describe('storage that is blocked', () => {
  const ways = {
    'every access throws': () => {
      for (const name of ['indexedDB', 'sessionStorage', 'localStorage']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('Access is denied.', 'SecurityError')
          },
        })
      }
    },
    'there is no database': () => {
      Object.defineProperty(window, 'indexedDB', { value: undefined })
    },
    'a database is not opened': () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError')
      }
    },
    'a database never answers': () => {
      // A request that nobody will settle: this version is never reached while another holds it.
      const open = IDBFactory.prototype.open
      IDBFactory.prototype.open = function (name) {
        const request = open.call(this, `${name}.other`)
        request.addEventListener('success', (event) => event.stopImmediatePropagation(), true)
        request.addEventListener('upgradeneeded', (event) => event.stopImmediatePropagation(), true)
        return request
      }
    },
  }
  for (const [way, block] of Object.entries(ways)) {
    test(`${way}: the chat talks, and the owner is warned once`, async ({ page }) => {
      const warnings = warningsOn(page)
      await page.addInitScript(block)
      await goto(page)
      await talk(page)
      // Longer than the chat waits for a database.
      await expect.poll(() => warnings.length, { timeout: 10_000 }).toBe(1)
      expect(warnings[0]).toContain('this browser refuses storage')
      await page.reload()
      await openEmbed(page)
      await expect(chatOn(page).log.getByText('First?')).toHaveCount(0)
      await talk(page)
    })
  }
})

test('a disk that is full: the chat talks, and the owner is warned once', async ({ page }) => {
  const warnings = warningsOn(page)
  await goto(page)
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: site.url, quotaSize: 1 })
  await talk(page)
  await expect.poll(() => warnings.length).toBe(1)
  expect(warnings[0]).toContain('QuotaExceededError')
})

test('rows that are garbage: what can be read is back, the rest is left out', async ({ page }) => {
  const warnings = await comeBackAfter(page, async ({ name, id }) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const change = database.transaction('kept', 'readwrite')
    const rows = change.objectStore('kept')
    const garbage = [null, 0, '', [], { id: 7 }, { id: 'x', parts: 'none' }, new Date(), new Map()]
    for (const [index, value] of garbage.entries()) {
      rows.put(value, ['message', id, `garbage${index}`])
      rows.put(value, ['entry', `garbage${index}`])
    }
    rows.put({ role: 'user' }, ['note', `draft:${id}`])
    await new Promise<void>((resolve) => {
      change.oncomplete = () => resolve()
    })
    database.close()
  })
  const chat = chatOn(page)
  await expect(chat.log.getByText('Second?', { exact: true })).toBeVisible()
  await expect(chat.log.locator('[data-message]')).toHaveCount(4)
  await expect(chat.field).toHaveValue('')
  site.provider.reply(answer)
  await chat.ask('Third?')
  await expect(chat.log.getByRole('heading', { name: 'A heading' })).toHaveCount(3)
  expect(warnings).toEqual([])
})

test('nothing but garbage: the chat begins anew', async ({ page }) => {
  const warnings = await comeBackAfter(page, async ({ name }) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const change = database.transaction('kept', 'readwrite')
    const rows = change.objectStore('kept')
    const keys = rows.getAllKeys()
    keys.onsuccess = () => {
      for (const key of keys.result) rows.put({ broken: [1, 2, 3] }, key)
    }
    await new Promise<void>((resolve) => {
      change.oncomplete = () => resolve()
    })
    database.close()
  })
  await expect(chatOn(page).log.locator('[data-message]')).toHaveCount(0)
  await talk(page)
  expect(warnings).toEqual([])
})

test('rows as an older version wrote them, with less in them, are read', async ({ page }) => {
  const warnings = await comeBackAfter(page, async ({ name, id }) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name)
      request.onsuccess = () => resolve(request.result)
    })
    const change = database.transaction('kept', 'readwrite')
    const rows = change.objectStore('kept')
    rows.clear()
    rows.put({ id }, ['entry', id])
    rows.put(id, ['note', 'current'])
    const old = { status: 'complete', createdAtMs: 1 }
    const text = (words: string) => [{ type: 'text', text: words }]
    rows.put({ ...old, id: 'q', parentId: null, role: 'user', parts: text('Old question?') }, [
      'message',
      id,
      'q',
    ])
    rows.put({ ...old, id: 'a', parentId: 'q', role: 'assistant', parts: text('Old answer.') }, [
      'message',
      id,
      'a',
    ])
    await new Promise<void>((resolve) => {
      change.oncomplete = () => resolve()
    })
    database.close()
  })
  const chat = chatOn(page)
  await expect(chat.log.getByText('Old question?')).toBeVisible()
  await expect(chat.log.getByText('Old answer.')).toBeVisible()
  await talk(page)
  expect(warnings).toEqual([])
})

test('a database of a newer version is left alone: the chat talks in memory', async ({ page }) => {
  const warnings = await comeBackAfter(page, async ({ name }) => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 2)
      request.onsuccess = () => resolve(request.result)
    })
    database.close()
  })
  await expect(chatOn(page).log.locator('[data-message]')).toHaveCount(0)
  await talk(page)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('VersionError')
  const kept = await page.evaluate(async () => {
    const [database] = await indexedDB.databases()
    return database?.version
  })
  expect(kept).toBe(2)
})

test('a database without its store: the chat talks in memory', async ({ page }) => {
  const warnings = await comeBackAfter(page, async ({ name }) => {
    await new Promise<void>((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = () => resolve()
    })
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(name, 1)
      request.onsuccess = () => resolve(request.result)
    })
    database.close()
  })
  await talk(page)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toContain('NotFoundError')
})
