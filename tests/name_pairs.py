"""Indian names in both scripts: what a clerk types, and the name on the roll."""

from __future__ import annotations

SAME_NAME = """\
kavita कविता; neha नेहा; rahul राहुल; priya प्रिया; pooja पूजा; puja पूजा; deepak दीपक; dipak दीपक
lakshmi लक्ष्मी; laxmi लक्ष्मी; sunita सुनीता; suneeta सुनीता; anita अनीता; geeta गीता; gita गीता
seema सीमा; meena मीना; reena रीना; sita सीता; ram राम; shyam श्याम; mohan मोहन; sohan सोहन
ramesh रमेश; suresh सुरेश; mahesh महेश; ganesh गणेश; dinesh दिनेश; rajesh राजेश; mukesh मुकेश
rakesh राकेश; nilesh निलेश; yogesh योगेश; hitesh हितेश; ritesh रितेश; aditya आदित्य; aditi अदिति
ananya अनन्या; aarav आरव; arav आरव; arjun अर्जुन; karan करण; kiran किरण; kamal कमल; kamla कमला
kavya काव्या; divya दिव्या; vidya विद्या; sandhya संध्या; jaya जया; maya माया; chhaya छाया
nandini नंदिनी; rohit रोहित; mohit मोहित; amit अमित; sumit सुमित; lalit ललित; anil अनिल; sunil सुनील
vijay विजय; ajay अजय; sanjay संजय; uday उदय; abhay अभय; vikas विकास; prakash प्रकाश; aakash आकाश
manish मनीष; maneesh मनीष; girish गिरीश; satish सतीश; ashish आशीष; vivek विवेक; abhishek अभिषेक
gaurav गौरव; saurabh सौरभ; vaibhav वैभव; chaitanya चैतन्य; aishwarya ऐश्वर्या; jyoti ज्योति
swati स्वाति; shweta श्वेता; shruti श्रुति; sharda शारदा; shakti शक्ति; tripti तृप्ति; krishna कृष्णा
radha राधा; yashoda यशोदा; gopal गोपाल; govind गोविंद; nand नंद; chandra चंद्र; indra इंद्र
narendra नरेंद्र; surendra सुरेंद्र; mahendra महेंद्र; jitendra जितेंद्र; rajendra राजेंद्र
dharmendra धर्मेंद्र; ramchandra रामचंद्र; lakshman लक्ष्मण; laxman लक्ष्मण; bharat भरत
shatrughna शत्रुघ्न; hanuman हनुमान; saraswati सरस्वती; parvati पार्वती; durga दुर्गा; gyan ज्ञान
zoya ज़ोया; fatima फ़ातिमा; phatima फ़ातिमा; faisal फ़ैसल; khan ख़ान; farhan फ़रहान; iqbal इक़बाल
sharma शर्मा; verma वर्मा; varma वर्मा; gupta गुप्ता; mishra मिश्रा; shukla शुक्ला; tiwari तिवारी
tripathi त्रिपाठी; dwivedi द्विवेदी; chaturvedi चतुर्वेदी; pandey पांडेय; yadav यादव; singh सिंह
rao राव; patel पटेल; patil पाटिल; deshmukh देशमुख; kulkarni कुलकर्णी; joshi जोशी; chopra चोपड़ा
kapoor कपूर; kapur कपूर; malhotra मल्होत्रा; mehta मेहता; saxena सक्सेना; chauhan चौहान; thakur ठाकुर
chaudhary चौधरी; choudhary चौधरी; bhatt भट्ट; garg गर्ग; jain जैन; das दास; reddy रेड्डी
Laxmi Lakshmi; Lakshmi Laxmi; Pooja Puja; Puja Pooja; Deepa Dipa; Choudhary Chaudhari
Chaudhary Choudhury; Aarti Arti; Saanvi Sanvi; Zaveri Javeri; Phalguni Falguni; Tiwari Tivari
Anoop Anup; Sooraj Suraj; Geetha Githa; Reddy Reddi; Mohammad Mohamad; Siddiqui Sidiqui
Poonam Punam; Neelam Nilam; Kaavya Kavya; Wasim Vasim; Aggarwal Agarwal"""
"""Typed, and the name that is taken by Enter at once: another script, or another spelling."""

ALIKE = """\
Shrivastava Srivastav; Srivastava Shrivastav; srivastav श्रीवास्तव; Mohammed Mohammad; Md Mohammad
Mohd Muhammad; Muhammad Mohd; mohammad मोहम्मद; Agarwal Agrawal; agarwal अग्रवाल; Ashoka Ashok
Krishna Krishn; Shiva Siva; Shashi Sashi; Santosh Santhosh; Kartik Karthik; kartik कार्तिक
Siddharth Sidharth; Siddhartha Siddharth; Savita Savitha; Sunitha Sunita; kavitha कविता
Swathi Swati; Geetha Gita; Vidhya Vidya; Jyothi Jyoti; Ahmed Ahmad; Ahamed Ahmed; Hussain Husein
Narayan Narain; Surinder Surendra; Mahinder Mahendra; Jaiswal Jayswal; Vijay Vijai; Smruti Smriti
Krushna Krishna; Hrithik Ritik; Gyanesh Jnanesh; Vyshnavi Vaishnavi; Mythili Maithili; Shaikh Sheikh
Iyer Aiyar; Ghosh Ghose; Singh Sinh; Kumar Kr; Yusuf Yousuf; Nandhini Nandini; Kamala Kamla
Bhattacharya Bhattacharyya; Mukherjee Mukherji; Chowdhary Chaudhri; Ramachandra Ramchandra
nair नायर; sharada शारदा; Ramesha Ramesh; Ganesha Ganesh; Shweta Swetha; Sarada Sharada
Mehata Mehta; Shrikant Srikanth"""
"""Typed, and a name that is found, but may be another: Enter only moves into the list."""

NEAR = """\
fatema Fatima; fatma Fatima; fatima Fatma; fatima Fatema; fathima Fatema; fatimah Fatima
fatma फ़ातिमा; mehta Mahta; mahta Mehta; rehman Rahman; mahmood Mehmud; shehnaz Shahnaz
purnema Purnima; sumetra Sumitra; hema Hima; rohini Ruhini; shubha Shobha; usman Osman
omar Umar; sohail Suhel"""
"""Typed, and a name that differs by a vowel: e or i, o or u, or one that is dropped."""

FAR = """\
anita Anant; anita Amita; mehta Mahato; rama Roma; rama Rima; saurabh Surabhi; sunil Sonal
neha Nisha; mohan Mohini; kamal Kamil; asha Usha; rita Ratan; sunita Anita; ravi Rivaj"""
"""Typed, and a name that is not meant, however near it looks."""

OTHERS = """\
neha Sneha; neha Nisha; neha नेहल; asha Akash; asha Natasha; ram Ramesh; ram रमेश; ram Sriram
sana Sanaya; sana Susan; maya Mayank; maya Myra; ravi Ravina; ravi Gaurav; ajay Ajayan; ajay Vijay
anil Anila; sunil Sunila; nita Anita; nita Sunita; rita Sarita; gita Sangita; mina Aminah
rani Rania; kiran Kirana; kumar Kumari; raj Rajesh; raj Rajni; raj Yuvraj; dev Devika; dev Sudev
jai Jaideep; jai Sanjai; om Omkar; om Omprakash; tara Tarak; tara Sitara; hari Harish; hari Bihari
shiv Shivani; shiv Shivam; amar Amarnath; amar Kamar; mohan Mohana; mohan Manmohan; lata Latasha
lata Hemlata; uma Umang; uma Kumar; isha Ishaan; isha Nisha; aman Amanda; aman Raman; arun Aruna
arun Varun; kavi Kavita; kavi कविता; priya Priyanka; divya Divyansh; pooja Poojan; sona Sonal
mira Samira; rahul Rahula; rohit Rohita; amit Amita; amit Sumit; yash Yashoda; yash Suyash
ansh Anshul; vina Navina; leela Sheela; karan Karanvir; ali Alisha; khan Khanna"""
"""Typed, and a name that must come after that of the child who has exactly the typed one."""


def pairs(text: str) -> list[tuple[str, str]]:
    """Return what is typed and the name on the roll."""
    found = [tuple(each.split()) for line in text.splitlines() for each in line.split(";")]
    return [(typed, name) for typed, name in found]
