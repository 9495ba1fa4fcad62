package vn.truc.table;

import vn.truc.send.Reasons;

/// The table cannot be read, or not be read on. The message is for people.
final class TableFault extends Reasons.ToldException {
  private static final long serialVersionUID = 1L;

  TableFault(String message) {
    super(message);
  }

  TableFault(String message, Throwable cause) {
    super(message, cause);
  }
}
