-- The tools of MCP servers that a key may use, as a JSON list of patterns "server/tool".
ALTER TABLE api_keys ADD COLUMN mcp TEXT NOT NULL DEFAULT '[]';
