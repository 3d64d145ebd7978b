// All drivers, by the name the matrix uses.
import './wiretap.mjs';
export { tap } from './wiretap.mjs';

const { openai, azure, responses } = await import('./client_openai.mjs');
const { anthropic, anthropic0 } = await import('./client_anthropic.mjs');
const { genai, genaiBeta } = await import('./client_genai.mjs');
const { aiOpenai, aiAnthropic, aiGoogle, aiCompatible } = await import('./client_aisdk.mjs');
const { langchain, mistral } = await import('./client_others.mjs');

export const clients = { openai, azure, responses, anthropic, anthropic0, genai, genaiBeta, 'ai/openai': aiOpenai, 'ai/anthropic': aiAnthropic, 'ai/google': aiGoogle, 'ai/compatible': aiCompatible, langchain, mistral };
