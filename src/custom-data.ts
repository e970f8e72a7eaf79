import { isDeepStrictEqual } from 'node:util'
import { InvalidInputError } from './errors.ts'
import type { Json, JsonObject } from './organizations/organization.entity.ts'

const maxBytes = 16 * 1024
const maxDepth = 8

/** How custom data changes: whole, or by a patch. */
export interface CustomDataChange {
  replace?: JsonObject | null | undefined
  merge?: JsonObject | null | undefined
}

/** @throws InvalidInputError when there would be too much of it (ORG-2) */
export function nextData(before: JsonObject, change: CustomDataChange): JsonObject {
  // What is too deep in a patch is too deep in what it makes.
  if (change.merge != null) refuseDeepData(change.merge)
  const next = change.merge == null ? (change.replace ?? {}) : mergePatch(before, change.merge)
  refuseLargeData(next)
  // The database gives keys back in an order of its own: the same data in another order is no change.
  return isDeepStrictEqual(next, before) ? before : next
}

/** JSON Merge Patch (RFC 7396): null removes, objects merge, all else replaces. */
function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(target))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, isObject(value) ? mergePatch(asObject(merged.get(name)), value) : value)
  }
  // From entries, not by assignment: a key "__proto__" is then a key like any other.
  return Object.fromEntries(merged)
}

/** @throws InvalidInputError above 8 levels or 16 KiB, or for text that is no text (ORG-2). */
export function refuseLargeData(data: JsonObject): void {
  refuseDeepData(data)
  if (Buffer.byteLength(JSON.stringify(data)) > maxBytes)
    throw invalid(`Custom data has at most ${maxBytes} bytes as JSON.`)
  if (!isText(data)) throw invalid('Custom data cannot contain the character U+0000, nor half of a surrogate pair.')
}

/**
 * To be asked before anything else goes through the levels by recursion: a client may send a hundred thousand of them.
 * @throws InvalidInputError above 8 levels (ORG-2).
 */
function refuseDeepData(data: JsonObject): void {
  if (isDeeperThan(maxDepth, data)) throw invalid(`Custom data is nested at most ${maxDepth} levels deep.`)
}

function invalid(message: string): InvalidInputError {
  return new InvalidInputError([{ path: ['input', 'customData'], message }])
}

function isDeeperThan(levels: number, value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some(item => isDeeperThan(levels - 1, item))
}

/** Whether every key and value can be kept: PostgreSQL's jsonb refuses U+0000 and what is no Unicode text. */
function isText(value: Json): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, item]) => isText(key) && isText(item))
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asObject(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {}
}
