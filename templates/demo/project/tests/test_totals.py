"""What a total has to be."""

import unittest
from decimal import Decimal

from invoice.totals import total


class TotalTest(unittest.TestCase):
    def test_adds_up(self) -> None:
        self.assertEqual(total([(2, Decimal("1.50")), (1, Decimal("4.00"))]), Decimal("7.00"))

    def test_rounds_half_a_cent_up(self) -> None:
        self.assertEqual(total([(1, Decimal("0.125"))]), Decimal("0.13"))

    def test_refuses_a_negative_quantity(self) -> None:
        with self.assertRaisesRegex(ValueError, "quantity -1 is negative"):
            total([(-1, Decimal("1.00"))])


if __name__ == "__main__":
    unittest.main()
