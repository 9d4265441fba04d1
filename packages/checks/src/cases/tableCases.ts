import type { Case } from "./case.ts";

/** All cases of ../shared/cases/tables. */
export const tableCases: readonly Case[] = [];
