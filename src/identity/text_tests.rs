//! Headlines and texts as they are compared.
