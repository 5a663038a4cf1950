//! What a person or a log reader sees: one sink a form.
