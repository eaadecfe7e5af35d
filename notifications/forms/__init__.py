"""Forms validate what was typed; they never save."""
