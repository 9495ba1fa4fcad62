package vn.truc.demo;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.SplittableRandom;

/// Gives the simulated cases their places and codes. Serial numbers restart every day and unit.
final class Codes {
  /// Where a case belongs.
  ///
  /// @param unit number of the unit inside the province's code
  record Place(String agency, String area, int unit) {}

  private final SimulatedPlaces places;
  private final int round;
  private final String[] committees;
  private final int[] departments;
  private final int[] serials;
  private int feedbackSerial;
  private int ministrySerial;
  private long day = Long.MIN_VALUE;
  private String date = "";

  Codes(SimulatedPlaces places, int round) {
    this.places = places;
    this.round = round;
    this.serials = new int[places.agencies().size()];
    this.committees = new String[places.areas().size()];
    boolean[] local = new boolean[places.agencies().size()];
    for (int area = 0; area < committees.length; area++) {
      String code = places.areas().get(area);
      committees[area] = "";
      for (int agency = 0; agency < local.length; agency++) {
        String id = places.agencies().get(agency);
        if (id.endsWith("-" + code)) {
          committees[area] = id;
          local[agency] = true;
        }
      }
    }
    int[] rest = new int[local.length];
    int count = 0;
    for (int agency = 0; agency < local.length; agency++) {
      if (!local[agency]) {
        rest[count++] = agency;
      }
    }
    departments = Arrays.copyOf(rest, count);
  }

  /// Seven in ten cases belong to a commune, the others to a department; the first communes of the
  /// list are no busier than the last, but some are busier than others.
  Place place(SplittableRandom random) {
    int area = busier(random);
    if (random.nextInt(10) < 7 || departments.length == 0) {
      return local(area);
    }
    int department = departments[busier(random, departments.length)];
    return new Place(places.agencies().get(department), places.areas().get(area), department);
  }

  /// The place of a commune's own committee; the first agency where it has none.
  Place local(int area) {
    String committee = committees[area];
    if (committee.isEmpty()) {
      int any = departments.length == 0 ? 0 : departments[area % departments.length];
      return new Place(places.agencies().get(any), places.areas().get(area), any);
    }
    int unit = places.agencies().indexOf(committee);
    return new Place(committee, places.areas().get(area), unit);
  }

  int areas() {
    return committees.length;
  }

  private int busier(SplittableRandom random) {
    return busier(random, committees.length);
  }

  private static int busier(SplittableRandom random, int bound) {
    int even = random.nextInt(bound);
    return random.nextInt(3) == 0 ? even * 7 % bound / 4 * 4 % bound : even;
  }

  /// A dossier code; the former Hà Giang prefix lives on in some communes, and one code in 2,000
  /// has a form of its own.
  String dossier(SplittableRandom random, Place place, long at) {
    today(at);
    int serial = serial(++serials[place.unit]);
    if (random.nextInt(2000) == 0) {
      return "HS." + date + "/" + place.unit + "/" + serial;
    }
    boolean old = place.area.compareTo("02000") < 0 && random.nextInt(4) == 0;
    return (old ? "H22." : "H60.")
        + (place.unit + 10)
        + "-"
        + date
        + "-"
        + (serial < 10_000 ? padded(serial, 4) : Integer.toString(serial));
  }

  String ministry(long at) {
    today(at);
    return "G09.20-20" + date + "-" + padded(900_000 * (round % 9 + 1) + ++ministrySerial, 7);
  }

  String feedback(long at) {
    today(at);
    return "PA-" + date + "-" + padded(serial(++feedbackSerial), 4);
  }

  private int serial(int plain) {
    return round * 10_000 + plain;
  }

  private void today(long at) {
    long now = WorkHours.day(at);
    if (now != day) {
      day = now;
      String iso = LocalDate.ofEpochDay(now).toString();
      date = iso.substring(2, 4) + iso.substring(5, 7) + iso.substring(8, 10);
      Arrays.fill(serials, 0);
      feedbackSerial = 0;
      ministrySerial = 0;
    }
  }

  /// A rating of 1 to 5, of which this share is 4 or 5.
  static int score(SplittableRandom random, double content) {
    return random.nextDouble() < content ? 4 + random.nextInt(2) : 1 + random.nextInt(3);
  }

  private static String padded(int value, int width) {
    String digits = Integer.toString(value);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }
}
