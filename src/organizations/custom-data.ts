import { InvalidInputError } from '../errors.ts'
import type { Json, JsonObject } from './organization.entity.ts'

const maxBytes = 16 * 1024
const maxDepth = 8

/** JSON Merge Patch (RFC 7396): null removes, objects merge, all else replaces. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map<string, Json>(Object.entries(target))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, isObject(value) ? mergePatch(asObject(merged.get(name)), value) : value)
  }
  // From entries, not by assignment: a key "__proto__" is then a key like any other.
  return Object.fromEntries(merged)
}

/** @throws InvalidInputError above 16 KiB or 8 levels (ORG-2). */
export function refuseLargeData(data: JsonObject): void {
  const path = ['input', 'customData']
  const text = JSON.stringify(data)
  if (Buffer.byteLength(text) > maxBytes)
    throw new InvalidInputError([{ path, message: `Custom data has at most ${maxBytes} bytes as JSON.` }])
  if (depthOf(data) > maxDepth)
    throw new InvalidInputError([{ path, message: `Custom data is nested at most ${maxDepth} levels deep.` }])
  // PostgreSQL's jsonb cannot hold it.
  if (text.includes('\\u0000'))
    throw new InvalidInputError([{ path, message: 'Custom data cannot contain the character U+0000.' }])
}

function depthOf(value: Json): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asObject(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {}
}
