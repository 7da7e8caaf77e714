"""Students for benchmarks: a million with India-like names, the same in every run.

Latin and Devanagari names with uneven frequencies, roll numbers, phone numbers.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 1
"""Increase when the population changes: files built from it are cached."""

Row = tuple[str, str, str, str, str, str, str, str]
"""roll_no, name, phone, email, guardian_name, guardian_phone, date_of_birth, state."""

_FIRST = """\
Aarav Aditi Aditya Akash Akshara Amit Amrita Ananya Aniket Anjali Ankit Anusha Arjun Arnav Asha
Ashwin Avni Bhavna Bhavya Chaitanya Deepak Deepika Devansh Dhruv Diya Divya Esha Farhan Fatima
Gaurav Gauri Harish Harsh Hemant Imran Isha Ishaan Jaya Kabir Karan Kartik Kavya Kiran Komal
Krishna Lakshmi Madhav Manish Mansi Meera Mohammed Mohit Mukesh Nandini Naveen Neha Nikhil Nisha
Omkar Parth Pooja Pradeep Prakash Pranav Priya Rahul Raj Rajesh Rakesh Ramesh Ravi Reyansh
Ritika Rohan Rohit Saanvi Sachin Sahil Sakshi Sameer Sandeep Sanjana Sara Shreya Shubham Simran
Sneha Suresh Swati Tanvi Tejas Uma Utkarsh Vaibhav Varun Vidya Vihaan Vijay Vikram Vivek Yash
Zainab Zoya""".split()
_LAST = """\
Agarwal Ahmed Ansari Banerjee Bhat Bhatt Bose Chatterjee Chauhan Chavan Chopra Das Desai
Deshmukh Deshpande Dubey Dutta Fernandes Gandhi Garg Ghosh Gill Goswami Gowda Gupta Hegde
Hussain Iyer Jadhav Jain Jha Joshi Kamat Kapoor Kaur Khan Khanna Kulkarni Kumar Malhotra Mehta
Menon Mishra Mukherjee Nair Naik Narayan Pandey Patel Patil Pillai Prasad Qureshi Raghavan
Rajput Rao Rastogi Rathore Reddy Roy Sahu Saxena Sen Sethi Shah Sharma Shetty Shinde Shukla
Siddiqui Singh Sinha Solanki Srinivasan Subramanian Tandon Thakur Tiwari Tripathi Trivedi
Upadhyay Varma Verma Vyas Wagh Yadav Zaveri""".split()
_FIRST_HINDI = """\
आरव अदिति आदित्य आकाश अमित अमृता अनन्या अंजलि अर्जुन आशा भावना दीपक दीपिका दिव्या गौरव हर्ष ईशान
ज्योति करण कविता किरण कृष्णा लक्ष्मी मनीष मीरा मोहित नंदिनी नेहा निखिल पूजा प्रकाश प्रिया राहुल
राजेश रमेश रवि रोहित साक्षी संजना श्रेया स्नेहा सुरेश स्वाति तन्वी विजय विक्रम विवेक यश""".split()
_LAST_HINDI = """\
अग्रवाल बनर्जी भट्ट चौहान चोपड़ा दास देसाई देशमुख द्विवेदी गुप्ता जैन जोशी कपूर कुलकर्णी कुमार
मल्होत्रा मेहता मिश्रा नायर पांडे पटेल पाटिल राव रेड्डी सक्सेना शाह शर्मा शेट्टी शुक्ला सिंह
सिन्हा ठाकुर तिवारी त्रिपाठी वर्मा यादव""".split()
_STATES = "AP BR CG DL GJ HR JH KA KL MH MP OD PB RJ TN TS UK UP WB".split()


def students(count: int, seed: int = 7) -> Iterator[Row]:
    """Yield a number of students, the newest last."""
    dice = random.Random(seed)  # noqa: S311 - names, not keys
    for number in range(count):
        is_hindi = number % 5 == 4
        first, last = (_FIRST_HINDI, _LAST_HINDI) if is_hindi else (_FIRST, _LAST)
        family = _pick(dice, last)
        middle = f" {_pick(dice, first)}" if number % 3 == 0 else ""
        yield (
            f"{2020 + number * 7 // count:04d}{'ABCD'[number % 4]}{number:07d}",
            f"{_pick(dice, first)}{middle} {family}",
            str(dice.randrange(6_000_000_000, 10_000_000_000)),
            f"s{number}@example.com" if number % 2 else "",
            f"{_pick(dice, first)} {family}" if number % 4 else "",
            str(dice.randrange(6_000_000_000, 10_000_000_000)) if number % 4 else "",
            f"{2004 + number % 8}-{number % 12 + 1:02d}-{number % 28 + 1:02d}",
            _STATES[number % len(_STATES)],
        )


def _pick(dice: random.Random, names: list[str]) -> str:
    """Pick unevenly: the first names of a list far more often than the last."""
    return names[int(len(names) * dice.random() ** 1.7)]


def typed(rows: list[Row], seed: int = 11) -> list[str]:
    """Return a mix of texts typed into the search box, with hits and misses.

    Names grow letter by letter; then parts of names, whole names, roll numbers and their parts,
    phone numbers and their endings, and texts that match nobody.
    """
    dice = random.Random(seed)  # noqa: S311
    mix: list[str] = []
    for row in rows:
        roll_no, name, phone, _, _, guardian_phone, _, _ = row
        whole = name if dice.random() < 0.5 else name.rpartition(" ")[2]
        mix += [whole[:length] for length in range(1, len(whole) + 1)]
        start = dice.randrange(1, max(2, len(whole) - 4))
        mix += [whole[start : start + length] for length in (2, 3, 5)]
        mix += [roll_no, roll_no[:4], roll_no[:8], roll_no[4:9], roll_no.lower()]
        mix += [phone, phone[-4:], phone[-6:], f"+91 {phone[:5]} {phone[5:]}", phone[:5]]
        mix += [guardian_phone[-5:]] if guardian_phone else []
        mix += [f"{name[:4]}xq", "zzzz", f"{name} QQ", f"{phone[:-1]}x", "0000000"]
    dice.shuffle(mix)
    return mix
